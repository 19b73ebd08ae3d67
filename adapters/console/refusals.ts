import type { Language } from "../../src/chat.ts";

/** What the console refuses, by its code, where a language has a sentence for it. The console's own are English. */
export const refusals: Record<Language, Partial<Record<string, string>>> = {
  en: {},
  "zh-TW": {
    bad_request: "這則訊息無法送出，可能太長了。",
    failed: "這裡出了點問題。",
    how_many: "選的數量不對。",
    missing: "這裡必須填寫。",
    no_rating: "這則訊息不能評分。",
    no_such_button: "這個按鈕已經不在了。",
    no_such_choice: "請從選項中選一個。",
    no_such_command: "這裡沒有這個指令。輸入 /bellhop help 查看用法。",
    no_such_file: "這個檔案已經不在了，請重新附加。",
    no_such_form: "這份表單已經關閉了。",
    no_such_message: "這則訊息已經不在了。",
    no_such_thread: "這個討論串已經不在了。",
    not_here: "目前的身分不能在這裡說話。",
    not_kept: "Bellhop 沒能保存，請稍後再試。",
    not_listening: "Bellhop 現在沒有在聽，請稍後再試。",
    not_yours: "只有作者可以這麼做。",
    one_line: "這裡只能寫一行。",
    only_words: "指令不能附檔案。要附檔案，請用 @Bellhop 說。",
    too_large: "檔案不能超過 30 MB。",
    too_long: "最多 3,000 個字元。",
    unknown_person: "這裡沒有這個人。有 ana、tom 和 kim。",
    unreachable: "連不上 Bellhop。",
  },
};
