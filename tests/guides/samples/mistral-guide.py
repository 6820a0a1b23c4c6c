from mistralai import Mistral
import requests

client = Mistral(api_key="...")
REM_KEY = "sk-slop-..."
REM_BASE = "https://api.api.remlabs.ai"

user_msg = "I'm building a SaaS app in Rust. My stack is Axum + PostgreSQL + HTMX."

resp = client.chat.complete(
    model="mistral-large-latest",
    messages=[{"role": "user", "content": user_msg}]
)
reply = resp.choices[0].message.content

# Store the interaction
requests.post(f"{REM_BASE}/v1/memory-set", json={
    "key": "mistral-dev-agent",
    "value": f"User: {user_msg}\nAssistant: {reply}",
    "namespace": "dev-101",
    "tags": ["conversation", "tech-stack"]
}, headers={"Authorization": f"Bearer {REM_KEY}"})

# Later session
user_msg = "What database am I using?"

# Search memories
search = requests.post(f"{REM_BASE}/v1/memory/search", json={
    "query": user_msg,
    "namespace": "dev-101",
    "limit": 5
}, headers={"Authorization": f"Bearer {REM_KEY}"})

memories = search.json().get("results", [])
context = "\n".join([m["value"] for m in memories])

resp = client.chat.complete(
    model="mistral-large-latest",
    messages=[
        {"role": "system", "content": f"Context from prior conversations:\n{context}"},
        {"role": "user", "content": user_msg}
    ]
)
print(resp.choices[0].message.content)
# "You're using PostgreSQL as part of your Axum + PostgreSQL + HTMX stack."
