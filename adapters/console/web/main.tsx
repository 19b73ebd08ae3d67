import { render } from "preact";
import { App } from "./app.tsx";
import { connect } from "./live.ts";
import { countUnread } from "./place.ts";
import { applyTheme } from "./theme.ts";
import { language } from "./words.ts";

document.documentElement.lang = language;
applyTheme();
countUnread();
void connect();

const root = document.getElementById("app");
if (root) render(<App />, root);
