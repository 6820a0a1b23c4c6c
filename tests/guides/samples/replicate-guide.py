import replicate
import requests

REM_KEY = "sk-slop-..."
REM_BASE = "https://api.api.remlabs.ai"

def chat_with_memory(user_msg, namespace="replicate-agent"):
    # Recall relevant memories
    search = requests.post(f"{REM_BASE}/v1/memory/search", json={
        "query": user_msg,
        "namespace": namespace,
        "limit": 5
    }, headers={"Authorization": f"Bearer {REM_KEY}"})

    memories = search.json().get("results", [])
    context = "\n".join([m["value"] for m in memories])

    # Build prompt with context
    system_prompt = "You are a helpful assistant."
    if context:
        system_prompt += f"\n\nRelevant context from prior conversations:\n{context}"

    # Run on Replicate
    output = replicate.run(
        "meta/meta-llama-3.1-70b-instruct",
        input={
            "prompt": user_msg,
            "system_prompt": system_prompt,
            "max_tokens": 1024
        }
    )
    reply = "".join(output)

    # Store the interaction
    requests.post(f"{REM_BASE}/v1/memory-set", json={
        "key": "replicate-chat",
        "value": f"User: {user_msg}\nAssistant: {reply}",
        "namespace": namespace,
        "tags": ["conversation"]
    }, headers={"Authorization": f"Bearer {REM_KEY}"})

    return reply

# Session 1
print(chat_with_memory("I'm a product designer. I work primarily in Figma."))

# Session 2
print(chat_with_memory("What design tool do I use?"))
# "You mentioned you work primarily in Figma."
