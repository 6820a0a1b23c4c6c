/** What services issue: a fixed beginning and a length, as their issuers document it. */

/** A word of any other form may be anything, so it is none of these. */
export const issuedKeys: readonly RegExp[] = [
  // OpenAI and its kin (sk-, sk-proj-), Anthropic (sk-ant-), this server (sk-rev-).
  /(?<![\w-])sk-(?:[a-z]{2,8}\d{0,2}-)?[A-Za-z0-9_-]{32,200}/g,
  // Stripe, and its webhooks.
  /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,120}\b/g,
  /\bwhsec_[A-Za-z0-9+/]{32,64}/g,
  // AWS access key ids.
  /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
  // GitHub, classic and fine-grained.
  /\bgh[pousr]_[A-Za-z0-9]{36,120}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{60,120}\b/g,
  // GitLab, npm, PyPI, Hugging Face, Replicate, Groq, xAI, Perplexity.
  /\bglpat-[A-Za-z0-9_-]{20,60}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bpypi-AgE[A-Za-z0-9_-]{50,250}/g,
  /\bhf_[A-Za-z]{30,60}\b/g,
  /\br8_[A-Za-z0-9]{37}\b/g,
  /\bgsk_[A-Za-z0-9]{52}\b/g,
  /\bxai-[A-Za-z0-9]{80}\b/g,
  /\bpplx-[A-Za-z0-9]{48}\b/g,
  // Slack, its webhooks, Discord's, Telegram's bots.
  /\bxox[abeprs]-[A-Za-z0-9-]{20,200}/g,
  /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20,32}/g,
  /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,80}/g,
  /(?<![\w:])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/g,
  // SendGrid, Mailgun, Twilio.
  /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![\w-])/g,
  /\bkey-[0-9a-f]{32}\b/g,
  /\bSK[0-9a-f]{32}\b/g,
  // Google, and its OAuth clients.
  /\bAIza[A-Za-z0-9_-]{35}(?![\w-])/g,
  /\bGOCSPX-[A-Za-z0-9_-]{28}(?![\w-])/g,
  // DigitalOcean, Databricks, Shopify, Vault, Supabase, Notion, Linear, Figma, Postman, New Relic.
  /\bdo[opr]_v1_[0-9a-f]{64}\b/g,
  /\bdapi[0-9a-f]{32}\b/g,
  /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/g,
  /\bhv[sb]\.[A-Za-z0-9_-]{24,200}/g,
  /\bsbp_[0-9a-f]{40}\b/g,
  /\bntn_[A-Za-z0-9]{40,50}\b/g,
  /\blin_api_[A-Za-z0-9]{40}\b/g,
  /\bfigd_[A-Za-z0-9_-]{40}/g,
  /\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b/g,
  /\bNRAK-[A-Z0-9]{27}\b/g,
  // Atlassian, Azure storage, age.
  /\bATATT3[A-Za-z0-9_=-]{60,250}/g,
  /\bAccountKey=[A-Za-z0-9+/]{80,90}={0,2}/g,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/g,
  // JSON web tokens (RFC 7519): two objects in base64url, and a signature.
  /(?<![\w-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,1000}/g,
];

/** postgres://user:secret@host: the password of an address (RFC 3986, userinfo). */
export const connectionStrings =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[a-z0-9._%~-]{0,64}:(?<secret>[^\s:@/]{3,128})(?=@[a-z0-9[])/g;
