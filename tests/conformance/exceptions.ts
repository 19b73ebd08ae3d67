const noSignIn = "signing in with OAuth is not in this version";
const noMachine = "an extension: a program that signs in as itself, with nobody to press a link, is not offered";

/** Client scenarios that Bellhop does not pass, each with the reason. One that passes after all fails the run. */
export const clientExceptions: Record<string, string> = {
  "elicitation-sep1034-client-defaults": "questions from servers are not in this version",
  "auth/metadata-default": noSignIn,
  "auth/metadata-var1": noSignIn,
  "auth/metadata-var2": noSignIn,
  "auth/metadata-var3": noSignIn,
  "auth/basic-cimd": noSignIn,
  "auth/scope-from-www-authenticate": noSignIn,
  "auth/scope-from-scopes-supported": noSignIn,
  "auth/scope-omitted-when-undefined": noSignIn,
  "auth/scope-step-up": noSignIn,
  "auth/scope-retry-limit": noSignIn,
  "auth/token-endpoint-auth-basic": noSignIn,
  "auth/token-endpoint-auth-post": noSignIn,
  "auth/token-endpoint-auth-none": noSignIn,
  "auth/pre-registration": noSignIn,
  "auth/2025-03-26-oauth-metadata-backcompat": noSignIn,
  "auth/2025-03-26-oauth-endpoint-fallback": noSignIn,
  "auth/offline-access-scope": noSignIn,
  "auth/offline-access-not-supported": noSignIn,
  "auth/client-credentials-jwt": noMachine,
  "auth/client-credentials-basic": noMachine,
  "auth/cross-app-access-complete-flow": "an extension: a company's own identity provider that vouches for people",
};
