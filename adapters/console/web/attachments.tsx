import { useRef } from "preact/hooks";
import { isPicture } from "./files.tsx";
import { Icon } from "./icon.tsx";
import { messageWith, someone } from "./live.ts";
import { hrefOfFile } from "./request.ts";
import { sizeOf } from "./times.ts";
import { type Attached, attach, detach, type Unsaid } from "./unsaid.ts";
import { words } from "./words.ts";

/** What goes along with the words: what they pass on, and files. */
export function Attachments({ unsaid, back }: AttachmentsProps) {
  const { attached, quotes } = unsaid;
  const quoted = quotes.value && messageWith(quotes.value)?.value;
  return (
    <>
      {quoted && (
        <div class="quoting">
          <Icon name="quote" />
          <p>
            <span class="quoted">{words.value.quoting(someone(quoted.author).name)}</span>
            <span class="excerpt" dir="auto">
              {quoted.text.slice(0, 160) || words.value.files}
            </span>
          </p>
          <button
            type="button"
            class="tiny"
            aria-label={words.value.unquote}
            onClick={() => {
              quotes.value = undefined;
              back();
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      {attached.value.length > 0 && (
        <ul class="attachments" aria-label={words.value.attached}>
          {attached.value.map((one) => (
            <li key={one.key} class={`chip${one.problem ? " failed" : ""}`}>
              <Attachment
                one={one}
                remove={() => {
                  detach(unsaid, one);
                  back();
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** `back` gives the focus back to the words. */
type AttachmentsProps = { unsaid: Unsaid; back: () => void };

function Attachment({ one, remove }: { one: Attached; remove: () => void }) {
  const { name, size, part, file, problem } = one;
  const percent = Math.round(part * 100);
  return (
    <>
      {file && isPicture(file) ? <img src={hrefOfFile(file)} alt="" /> : <Icon name="file" />}
      <span class="about-file">
        <bdi class="name" title={name}>
          {name}
        </bdi>
        {problem ? (
          <span class="problem" role="alert">
            {problem}
          </span>
        ) : (
          <span class="size">{sizeOf(size)}</span>
        )}
        {!file && !problem && <progress max={100} value={percent} aria-label={words.value.uploading(name, percent)} />}
      </span>
      <button type="button" class="tiny" aria-label={words.value.detach(name)} onClick={remove}>
        <Icon name="close" />
      </button>
    </>
  );
}

/** Lets one pick files. */
export function PickButton({ unsaid, back }: AttachmentsProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="pick"
        aria-label={words.value.attach}
        title={words.value.attach}
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          attach(unsaid, currentTarget.files ?? []);
          // So that the same file can be picked again.
          currentTarget.value = "";
          back();
        }}
      />
    </>
  );
}
