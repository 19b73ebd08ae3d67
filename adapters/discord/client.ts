import { Client, Options, type WebSocketOptions } from "discord.js";

type Throttle = NonNullable<WebSocketOptions["buildIdentifyThrottler"]>;

/** Keeps servers, channels, roles and ourselves; messages and people pass through without being kept. */
export function createClient(intents: number, apiUrl: string | undefined, throttle: Throttle): Client {
  const onlyMe = {
    maxSize: 0,
    keepOverLimit: (kept: { id: string; client: Client }) => kept.id === kept.client.user?.id,
  };
  return new Client({
    intents,
    shards: "auto",
    ...(apiUrl && { rest: { api: apiUrl } }),
    ws: { buildIdentifyThrottler: throttle },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      ApplicationCommandManager: 0,
      AutoModerationRuleManager: 0,
      BaseGuildEmojiManager: 0,
      DMMessageManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildInviteManager: 0,
      GuildMemberManager: onlyMe,
      GuildMessageManager: 0,
      GuildScheduledEventManager: 0,
      GuildStickerManager: 0,
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      StageInstanceManager: 0,
      ThreadMemberManager: 0,
      UserManager: onlyMe,
      VoiceStateManager: 0,
    }),
  });
}
