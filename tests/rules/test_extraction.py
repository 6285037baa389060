"""Code that asks a rival's models past its clients and limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Work

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
POOL = f"""import itertools, openai
keys = ["{KEY}", "sk-proj-zyx"]
pool = itertools.cycle(keys)
for prompt in prompts:
    openai.api_key = next(pool)
    openai.ChatCompletion.create(model="gpt-4", messages=[prompt])
"""
STRONG = {
    "site.py": ('requests.post("https://claude.ai/api/organizations/1/chat_conversations", cookies=c)\n', "anthropic"),
    "talk.ts": ('await axios.post("https://chat.deepseek.com/api/v0/chat/completion", body)\n', "deepseek"),
    "back.py": ('BASE = host + "/backend-api"\nrequests.post(f"{BASE}/conversation")\n', "openai"),
    "cookie.py": ('session.cookies.set("__Secure-1PSID", token)\n', "google"),
    "login.js": ('page.setCookie({ name: "__Secure-next-auth.session-token", value: t });\n', "openai"),
    "free.py": ("from g4f.client import Client\n\nClient().chat(prompt)\n", "openai"),
    "old.py": ("from revChatGPT.V1 import Chatbot\n", "openai"),
    "bing.py": ('wss = connect("wss://sydney.bing.com/sydney/ChatHub")\n', "microsoft"),
    "template.js": ("const BASE = origin;\nfetch(`${BASE}/backend-api/conversation`);\n", "openai"),
    "auth.py": ('requests.post("https://auth0.openai.com/u/login/password?state=" + state)\n', "openai"),
    "page.js": ("document.querySelector('#prompt-textarea').value = prompt;\n", "openai"),
    "upstream.go": ('client.Post(cfg.BaseURL+"/rest/app-chat/conversations/new", body)\n', "xai"),
    "chats.js": ("axios.post(`${base}/api/v2/chats/new`, {});\n", "alibaba"),
    "doubao.ts": ('request("post", "/samantha/chat/completion", account);\n', "bytedance"),
    "yuanbao.py": ('requests.post("https://yuanbao.tencent.com/api/chat/" + id)\n', "tencent"),
    "duck.go": ('client.Post("https://duck.ai/duckchat/v1/chat", body)\n', "openai"),
    "imagine.py": ('requests.post("https://www.meta.ai/api/graphql/", data=form)\n', "meta"),
    "box.py": ('requests.post("https://www.blackbox.ai/api/chat", json=body)\n', "blackbox"),
    "find.py": ('requests.post("https://https.extension.phind.com/agent/", json=body)\n', "phind"),
    "play.js": ('fetch("https://sdk.vercel.ai/api/generate", { body });\n', "vercel"),
    "browse.py": (
        "from selenium import webdriver\n\nwebdriver.Chrome().get('https://www.perplexity.ai/search/x')\n",
        "perplexity",
    ),
    "tab.go": ('const URL = "https://chat.z.ai"\nreq.Header.Set("Cookie", cookie)\n', "zhipu"),
    "many.py": (f"{POOL}proxies = random.choice(proxy_list)\n", "openai"),
}
POOL_JS = """import { ChatGPTAPI } from 'chatgpt'
const api = new ChatGPTAPI({ apiKey: keys[Math.floor(Math.random() * keys.length)] })
"""
WEAK = {
    "pool.py": POOL,
    "pool.ts": POOL_JS,
    "tests/site.py": STRONG["site.py"][0],
    "examples/free.py": STRONG["free.py"][0],
}
SILENT = {
    "README.md": STRONG["site.py"][0],
    "page.py": 'LINK = "https://claude.ai/new"\nHOME = "https://chatgpt.com/"\n',
    "app.ts": 'const HELP = "https://chatgpt.com";\nlocalStorage.setItem("accessToken", token);\n',
    "own.py": 'keys = itertools.cycle(api_keys)\nrequests.get("https://a.org", proxies=random.choice(proxies))\n',
    "login.rs": 'const BASE: &str = "https://chatgpt.com/backend-api/codex";\n',
    "rows.jsonl": json.dumps({"text": STRONG["site.py"][0]}) + "\n",
}


def extractions(work: Work, name: str, *args: str) -> list[dict[str, str]]:
    said = work.ringfence("check", "--files", name, *args, "--format", "json")
    assert KEY not in said.out
    return [item for item in json.loads(said.out)["findings"] if item["kind"] == "extraction"]


@pytest.mark.parametrize("name", STRONG)
def test_a_way_past_a_vendors_clients_is_refused(shelf: Work, name: str) -> None:
    text, vendor = STRONG[name]
    shelf.write(name, text)
    found = extractions(shelf, name, "--tag", "training-data")
    assert [(item["vendor"], item["action"], item["strength"]) for item in found] == [(vendor, "block", "strong")]


@pytest.mark.parametrize("name", WEAK)
def test_a_sign_of_one_warns(shelf: Work, name: str) -> None:
    shelf.write(name, WEAK[name])
    found = extractions(shelf, name, "--tag", "training-data")
    assert [(item["action"], item["strength"]) for item in found] == [("warn", "weak")]


@pytest.mark.parametrize("name", SILENT)
def test_what_only_speaks_of_a_site_is_silent(shelf: Work, name: str) -> None:
    shelf.write(name, SILENT[name])
    assert extractions(shelf, name, "--tag", "training-data") == []


def test_ordinary_repositories_are_judged_where_the_policy_has_a_tag_for_them(shelf: Work, tmp_path: Path) -> None:
    shelf.write("site.py", STRONG["site.py"][0])
    assert shelf.ringfence("check", "--files", "site.py").status == 0
    said = shelf.ringfence("policy", "ready", "ordinary").out
    policy = tmp_path / "policy.toml"
    policy.write_text(said, "utf-8")
    shelf.did("config", "ringfence.policy", str(policy))
    assert [item["action"] for item in extractions(shelf, "site.py")] == ["warn"]
