import { Client, Options, type WebSocketOptions } from "discord.js";

type Throttle = NonNullable<WebSocketOptions["buildIdentifyThrottler"]>;

// Discord takes 50 requests in any second. A process that ended a moment ago may have used some of them, and coming back
// asks for much at once; later a few are left over, since the library counts in seconds of its own.
const [atFirst, later, firstMs] = [20, 45, 5_000];

/** Keeps servers, channels, roles and ourselves; messages and people pass through without being kept. */
export function createClient(intents: number, apiUrl: string | undefined, throttle: Throttle): Client {
  const onlyMe = {
    maxSize: 0,
    keepOverLimit: (kept: { id: string; client: Client }) => kept.id === kept.client.user?.id,
  };
  const client = new Client({
    intents,
    shards: "auto",
    rest: { ...(apiUrl && { api: apiUrl }), globalRequestsPerSecond: atFirst },
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
  setTimeout(() => {
    client.rest.options.globalRequestsPerSecond = later;
  }, firstMs).unref();
  return client;
}
