import MistralClient from "@mistralai/mistralai";

const client = new MistralClient("...");
const REM_BASE = "https://api.api.remlabs.ai";
const REM_KEY = "sk-slop-...";

// Store
await fetch(`${REM_BASE}/v1/memory-set`, {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${REM_KEY}`,
    "Content-Type": "application/json"
  },
  body: JSON.stringify({
    key: "mistral-dev-agent",
    value: "User's stack: Rust, Axum, PostgreSQL, HTMX. Building a SaaS app.",
    namespace: "dev-101"
  })
});

// Recall
const search = await fetch(`${REM_BASE}/v1/memory/search`, {
  method: "POST",
  headers: {
    "Authorization": `Bearer ${REM_KEY}`,
    "Content-Type": "application/json"
  },
  body: JSON.stringify({ query: "tech stack", namespace: "dev-101", limit: 5 })
});
const { results } = await search.json();
const context = results.map(r => r.value).join("\n");
