const noFixture = "asks for a tool of the suite's own example server; the tools here are a team's agents";
const noResources = "no resources are served: what agents may read is reached through them";
const noPrompts = "no prompts are served: agents are asked in words";

/** Server scenarios that `POST /mcp` does not pass, each with the reason. One that passes after all fails the run. */
export const serverExceptions: Record<string, string> = {
  "logging-set-level": "no log is sent to clients, and none is announced; MCP gives the method up",
  "completion-complete": "completes arguments of prompts and resources, of which there are none",
  "tools-call-simple-text": noFixture,
  "tools-call-image": noFixture,
  "tools-call-audio": noFixture,
  "tools-call-embedded-resource": noFixture,
  "tools-call-mixed-content": noFixture,
  "tools-call-with-logging": noFixture,
  "tools-call-error": noFixture,
  "tools-call-with-progress": noFixture,
  "tools-call-sampling": noFixture,
  "tools-call-elicitation": noFixture,
  "json-schema-2020-12": noFixture,
  "elicitation-sep1034-defaults": noFixture,
  "elicitation-sep1330-enums": noFixture,
  "resources-list": noResources,
  "resources-read-text": noResources,
  "resources-read-binary": noResources,
  "resources-templates-read": noResources,
  "resources-subscribe": noResources,
  "resources-unsubscribe": noResources,
  "prompts-list": noPrompts,
  "prompts-get-simple": noPrompts,
  "prompts-get-with-args": noPrompts,
  "prompts-get-embedded-resource": noPrompts,
  "prompts-get-with-image": noPrompts,
};
