import Replicate from "replicate";

const replicate = new Replicate();
const REM_BASE = "https://api.api.remlabs.ai";
const REM_KEY = "sk-slop-...";

async function chatWithMemory(userMsg, namespace = "replicate-agent") {
  // Recall
  const search = await fetch(`${REM_BASE}/v1/memory/search`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${REM_KEY}`,
      "Content-Type": "application/json"
    },
    body: JSON.stringify({ query: userMsg, namespace, limit: 5 })
  });
  const { results } = await search.json();
  const context = results.map(r => r.value).join("\n");

  // Run on Replicate
  const output = await replicate.run("meta/meta-llama-3.1-70b-instruct", {
    input: {
      prompt: userMsg,
      system_prompt: context
        ? `Relevant memories:\n${context}`
        : "You are a helpful assistant.",
      max_tokens: 1024
    }
  });
  const reply = output.join("");

  // Store
  await fetch(`${REM_BASE}/v1/memory-set`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${REM_KEY}`,
      "Content-Type": "application/json"
    },
    body: JSON.stringify({
      key: "replicate-chat",
      value: `User: ${userMsg}\nAssistant: ${reply}`,
      namespace
    })
  });

  return reply;
}
