/** Cities that people name and that IANA does not, and a few in other scripts. */
const cities: Record<string, string> = {
  beijing: "Asia/Shanghai",
  munich: "Europe/Berlin",
  hamburg: "Europe/Berlin",
  "san francisco": "America/Los_Angeles",
  seattle: "America/Los_Angeles",
  boston: "America/New_York",
  washington: "America/New_York",
  delhi: "Asia/Kolkata",
  mumbai: "Asia/Kolkata",
  bangalore: "Asia/Kolkata",
  taiwan: "Asia/Taipei",
  japan: "Asia/Tokyo",
  germany: "Europe/Berlin",
  uk: "Europe/London",
  england: "Europe/London",
  utc: "UTC",
  gmt: "UTC",
  台北: "Asia/Taipei",
  臺北: "Asia/Taipei",
  高雄: "Asia/Taipei",
  台灣: "Asia/Taipei",
  東京: "Asia/Tokyo",
  北京: "Asia/Shanghai",
  上海: "Asia/Shanghai",
  香港: "Asia/Hong_Kong",
  新加坡: "Asia/Singapore",
  首爾: "Asia/Seoul",
  倫敦: "Europe/London",
  巴黎: "Europe/Paris",
  柏林: "Europe/Berlin",
  紐約: "America/New_York",
  洛杉磯: "America/Los_Angeles",
  舊金山: "America/Los_Angeles",
};

let byCity: Map<string, string> | undefined;

/** The IANA zone of a city or of a zone's own name; undefined when nothing is known by that name. */
export function zoneOf(place: string): string | undefined {
  const name = place.trim().toLowerCase();
  if (!byCity) {
    byCity = new Map(Object.entries(cities));
    for (const zone of Intl.supportedValuesOf("timeZone")) {
      byCity.set(zone.toLowerCase(), zone);
      const city = zone
        .slice(zone.lastIndexOf("/") + 1)
        .replace(/_/g, " ")
        .toLowerCase();
      if (!byCity.has(city)) byCity.set(city, zone);
    }
  }
  return (
    byCity.get(name) ??
    byCity.get(name.replace(/_/g, " ")) ??
    byCity.get(name.split(/[,，]/)[0]?.trim() ?? "") ??
    otherName(name)
  );
}

/** A zone by a name it also has: `Asia/Kathmandu`, where `Asia/Katmandu` is the first. */
function otherName(name: string): string | undefined {
  if (!name.includes("/")) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** A moment as people read it there: `Saturday, 21 November 2026, 15:04`. */
export function timeAt(zone: string, moment: Date): string {
  const date = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  return `${date.format(moment)}, ${time.format(moment)}`;
}
