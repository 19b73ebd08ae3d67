import type { ChatFile } from "../../../src/chat.ts";
import { Icon } from "./icon.tsx";
import { overlay } from "./overlay.ts";
import { hrefOfFile } from "./request.ts";
import { sizeOf } from "./times.ts";
import { words } from "./words.ts";

/** The pictures that a browser draws, and that the workspace gives as such. */
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** As much as is shown of a text; more is for a program of its own. */
const readable = 1_000_000;

/** Is it a picture to be shown? */
export function isPicture({ type }: ChatFile): boolean {
  return pictures.has(type);
}

/** Files of a message: pictures as such, texts to be read here, all to be had. */
export function Files({ files }: { files: ChatFile[] }) {
  return (
    <ul class="files" aria-label={words.value.files}>
      {files.map((file) => (
        <li key={file.ref}>{isPicture(file) ? <Picture file={file} /> : <Chip file={file} />}</li>
      ))}
    </ul>
  );
}

function Picture({ file }: { file: ChatFile }) {
  return (
    <button
      type="button"
      class="preview"
      aria-label={words.value.picture(file.name)}
      title={file.name}
      onClick={() => (overlay.value = { kind: "picture", file })}
    >
      <img src={hrefOfFile(file)} alt="" loading="lazy" />
    </button>
  );
}

function Chip({ file }: { file: ChatFile }) {
  const { name, type, size } = file;
  const isText = (type.startsWith("text/") || /\.(md|txt|csv|json|ya?ml|log)$/i.test(name)) && size <= readable;
  return (
    <div class="chip">
      <Icon name="file" />
      <span class="about-file">
        <bdi class="name" title={name}>
          {name}
        </bdi>
        <span class="size">{sizeOf(size)}</span>
      </span>
      {isText && (
        <button
          type="button"
          class="tiny"
          aria-label={words.value.viewing(name)}
          title={words.value.view}
          onClick={() => (overlay.value = { kind: "document", file })}
        >
          <Icon name="view" />
        </button>
      )}
      <a
        class="tiny"
        href={hrefOfFile(file)}
        download={name}
        aria-label={words.value.download(name)}
        title={words.value.download(name)}
      >
        <Icon name="download" />
      </a>
    </div>
  );
}
