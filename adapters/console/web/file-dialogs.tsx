import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ChatFile } from "../../../src/chat.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Markdown } from "./markdown.tsx";
import { closeOverlay } from "./overlay.ts";
import { hrefOfFile } from "./request.ts";
import { words } from "./words.ts";

function Download({ file }: { file: ChatFile }) {
  return (
    <a class="download" href={hrefOfFile(file)} download={file.name} aria-label={words.value.download(file.name)}>
      <Icon name="download" /> {words.value.toDisk}
    </a>
  );
}

/** A picture as large as there is room. */
export function PictureDialog({ file }: { file: ChatFile }) {
  return (
    <Dialog title={file.name} kind="picture" close={closeOverlay}>
      <img src={hrefOfFile(file)} alt={file.name} />
      <Download file={file} />
    </Dialog>
  );
}

/** A text file to be read: Markdown as such, anything else as it was written. */
export function DocumentDialog({ file }: { file: ChatFile }) {
  const text = useSignal<string | undefined>(undefined);
  const failed = useSignal(false);
  useEffect(() => {
    fetch(hrefOfFile(file))
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(String(response.status)))))
      .then((read) => {
        text.value = read;
      })
      .catch(() => {
        failed.value = true;
      });
  }, []);
  const isMarkdown = file.type === "text/markdown" || /\.md$/i.test(file.name);
  return (
    <Dialog title={file.name} kind="document" close={closeOverlay}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="paper" tabIndex={0} aria-label={file.name}>
        {failed.value && (
          <p class="problem" role="alert">
            {words.value.notRead}
          </p>
        )}
        {!failed.value && text.value === undefined && <p>{words.value.loading}</p>}
        {text.value !== undefined &&
          (isMarkdown ? <Markdown text={text.value} names={[]} /> : <pre dir="auto">{text.value}</pre>)}
      </section>
      <Download file={file} />
    </Dialog>
  );
}
