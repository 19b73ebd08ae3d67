/** Client scenarios that Bellhop does not pass, each with the reason. One that passes after all fails the run. */
export const clientExceptions: Record<string, string> = {
  "auth/2025-03-26-oauth-metadata-backcompat":
    "its metadata names another issuer than the one it was fetched from, which RFC 8414 has clients refuse",
  "auth/cross-app-access-complete-flow": "an extension: a company's own identity provider that vouches for people",
};
