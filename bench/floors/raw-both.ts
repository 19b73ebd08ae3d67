// The two raw bots in one process, each with what it is told; each says "ready" for itself.
await Promise.all([import("./raw-slack.ts"), import("./raw-discord.ts")]);
