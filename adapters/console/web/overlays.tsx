import { Dialog } from "./dialog.tsx";
import { DocumentDialog, PictureDialog } from "./file-dialogs.tsx";
import { keySheet } from "./keys.ts";
import { messageWith } from "./live.ts";
import { trouble } from "./message-acts.ts";
import { closeOverlay, overlay } from "./overlay.ts";
import { send } from "./request.ts";
import { Switcher } from "./switcher.tsx";
import { words } from "./words.ts";

/** What lies over the page now. */
export function Overlays() {
  const over = overlay.value;
  switch (over?.kind) {
    case "switcher":
      return <Switcher />;
    case "pass-on":
      return <Switcher passOn={over.message} />;
    case "keys":
      return <KeySheet />;
    case "removal":
      return <Removal message={over.message} />;
    case "picture":
      return <PictureDialog file={over.file} />;
    case "document":
      return <DocumentDialog file={over.file} />;
    default:
      return null;
  }
}

function KeySheet() {
  return (
    <Dialog title={words.value.keys} kind="keys" close={closeOverlay}>
      <div class="key-sheet">
        {keySheet().map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(({ press, does }) => (
                <div key={does}>
                  <dt>{does}</dt>
                  <dd>
                    {press.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Asks before a message is gone for everyone. */
function Removal({ message: id }: { message: string }) {
  const message = messageWith(id)?.value;
  const remove = async () => {
    closeOverlay();
    trouble.value = undefined;
    const { problem } = await send("deletions", { message: id });
    if (problem !== undefined) trouble.value = { message: id, problem };
  };
  return (
    <Dialog title={words.value.removeSure} kind="removal" alert close={closeOverlay}>
      <p class="excerpt" dir="auto">
        {message?.text.slice(0, 200)}
      </p>
      <p class="soft">{words.value.removeText}</p>
      <div class="buttons end">
        <button type="button" class="plain" onClick={closeOverlay}>
          {words.value.cancel}
        </button>
        <button type="button" class="danger" autofocus onClick={remove}>
          {words.value.remove}
        </button>
      </div>
    </Dialog>
  );
}
