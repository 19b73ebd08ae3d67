import { render } from "preact";
import { App } from "./app.tsx";
import { connect, followPerson } from "./live.ts";
import { tellLanguage } from "./tell-language.ts";
import { applyTheme } from "./theme.ts";
import { countUnread } from "./unread.ts";

applyTheme();
tellLanguage();
countUnread();
followPerson();
void connect();

const root = document.getElementById("app");
if (root) render(<App />, root);
