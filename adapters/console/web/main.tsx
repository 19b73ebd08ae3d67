import { render } from "preact";
import { App } from "./app.tsx";
import { connect } from "./live.ts";
import { markRead } from "./place.ts";
import { applyTheme } from "./theme.ts";
import { language } from "./words.ts";

document.documentElement.lang = language;
applyTheme();
markRead();
void connect();

const root = document.getElementById("app");
if (root) render(<App />, root);
