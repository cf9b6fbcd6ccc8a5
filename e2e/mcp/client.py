#!/usr/bin/env python3
"""An assistant's work through the official Python SDK, on both transports and both lifecycles.

    python3 e2e/mcp/client.py --binary target/debug/labkeeper

Needs the packages of requirements.txt. Ends with 1 when something is not as it should be.
"""

import argparse
import asyncio
import json
import re
import shlex
import sys

import httpx2
from mcp import MCPError
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from hub import TOKEN, clean_environment, data_directory, serving

PREDECESSOR = {
    "inventory_list", "inventory_search", "inventory_create", "inventory_update", "inventory_delete", "health_check",
    "search_index", "map_graph", "app_status", "inventory_all", "discover_subnet",
}


async def story(client, slow):
    """What an assistant does on a morning. Every answer is checked by the SDK against the tool's own schema."""
    await listing(client)
    item = await writing(client)
    await reading(client, item)
    await refusals(client)
    await deleting(client, item)
    if slow:
        await progress_and_cancellation(client, *slow)


async def listing(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    missing = PREDECESSOR - tools.keys()
    check(not missing, f"the predecessor's tools are there, missing {missing}")
    check(tools["inventory_list"].annotations.read_only_hint is True, "a read says that it reads")
    check(tools["inventory_delete"].annotations.destructive_hint is True, "a delete says that it destroys")
    for tool in tools.values():
        if tool.description.startswith("A fixture"):
            # One build serves this and the official suite.
            continue
        check(tool.input_schema.get("additionalProperties") is False, f"{tool.name} takes no unknown fields")
        check(tool.output_schema is not None and bool(tool.description), f"{tool.name} is described")


async def writing(client):
    created = await done(client, "inventory_create", {"type": "hardware", "data": {"name": "pve-test", "hostname": "pve-test"}})
    item = created["data"]
    check(item["name"] == "pve-test", "what is created is answered")
    change = {"type": "hardware", "id": item["id"], "data": {"notes": "bought used"}}
    planned = await done(client, "inventory_update", change | {"dry_run": True})
    check("plan" in planned, "a dry run answers the plan")
    updated = await done(client, "inventory_update", change)
    check(updated["data"]["notes"] == "bought used", "an update is answered")
    await done(client, "change_undo", {"id": updated["change_id"]})
    again = await done(client, "inventory_get", {"type": "hardware", "id": item["id"]})
    check(not again["data"]["notes"], "an undone update is gone")
    return item


async def reading(client, item):
    found = await done(client, "inventory_search", {"q": "pve-test"})
    check(any(hit["entity_id"] == item["id"] for hit in found["data"]), "what was created is found")
    page = await client.read_resource(f"lab://item/hardware/{item['id']}")
    check(json.loads(page.contents[0].text)["row"]["name"] == "pve-test", "an item is a resource")
    overview = json.loads((await client.read_resource("lab://overview")).contents[0].text)
    check(overview["items"]["hardware"] >= 1, "the overview counts")
    check("lab://overview" in {str(resource.uri) for resource in (await client.list_resources()).resources}, "it is listed")
    prompt = await client.get_prompt("plan_change", {"change": "move pve-test to another rack"})
    check("move pve-test" in prompt.messages[-1].content.text, "a prompt carries what it was given")


async def refusals(client):
    for name, arguments, code, about in [
        ("inventory_list", {"type": "inventory/import"}, "invalid", "a type that is a path"),
        ("inventory_create", {"type": "inventory/import", "data": {}}, "invalid", "a type that wipes"),
        ("inventory_list", {"type": "vms", "limt": 3}, "unknown_field", "a field that does not exist"),
        ("inventory_list", {"type": "vms", "limit": "three"}, "invalid", "a number that is none"),
        ("inventory_get", {"type": "vms", "id": 4711}, "not_found", "an item that is not there"),
        ("inventory_create", {}, "invalid", "nothing at all"),
    ]:
        refusal = await refused(client, name, arguments)
        check(refusal["code"] == code, f"{about}: {refusal}")
    try:
        await client.call_tool("inventory_lst", {})
        check(False, "a tool that does not exist is a protocol error")
    except MCPError as error:
        check("inventory_list" in json.dumps(error.error.data), f"the error names the nearest tool: {error.error.data}")


async def deleting(client, item):
    which = {"type": "hardware", "id": item["id"]}
    refusal = await refused(client, "inventory_delete", which)
    check(refusal["code"] == "confirm_required" and "plan" in refusal["details"], "a delete wants to be confirmed")
    refusal = await refused(client, "inventory_delete", which | {"confirm": "false"})
    check(refusal["code"] == "invalid", "the text \"false\" confirms nothing")
    gone = await done(client, "inventory_delete", which | {"confirm": True})
    check((await refused(client, "inventory_get", which))["code"] == "not_found", "what is deleted is gone")
    await done(client, "change_undo", {"id": gone["change_id"]})
    back = await done(client, "inventory_get", which)
    check(back["data"]["name"] == "pve-test", "an undone delete is back")


async def progress_and_cancellation(client, name, arguments):
    seen = []

    async def note(progress, total, message):
        seen.append(progress)

    await client.call_tool(name, arguments, progress_callback=note)
    check(len(seen) >= 2 and seen == sorted(seen), f"progress grows: {seen}")
    call = asyncio.create_task(client.call_tool(name, arguments))
    await asyncio.sleep(0.1)
    call.cancel()
    try:
        await call
        check(False, "a cancelled call ends")
    except asyncio.CancelledError:
        pass
    check((await done(client, "app_status", {}))["status"] == "ok", "the session goes on after a cancellation")


async def done(client, name, arguments):
    result = await client.call_tool(name, arguments)
    check(not result.is_error, f"{name} {arguments}: {result.content}")
    check(said(result.content[0].text) == result.structured_content, f"{name}: the text says the same")
    return result.structured_content


def said(text):
    """What others wrote stands between marks."""
    marked = re.search(r"^\[untrusted (\w+)\]\n(.*)\n\[end \1\]$", text, re.MULTILINE | re.DOTALL)
    return json.loads(marked[2] if marked else text)


async def refused(client, name, arguments):
    result = await client.call_tool(name, arguments)
    check(result.is_error is True, f"{name} {arguments} is refused")
    check({"error", "code"} <= result.structured_content.keys(), f"{name}: the refusal says why")
    return result.structured_content


def check(holds, what):
    if not holds:
        raise AssertionError(what)
    check.count += 1


check.count = 0


async def over_http(url, token, mode, slow):
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        async with Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client:
            print(f"http {mode}: {client.protocol_version}")
            await story(client, slow)


async def over_pipes(command, mode, slow, environment=None):
    parameters = StdioServerParameters(command=command[0], args=command[1:], env=environment)
    async with Client(stdio_client(parameters), mode=mode) as client:
        print(f"stdio {mode}: {client.protocol_version}")
        await story(client, slow)


async def everything(stdio, url, token, slow, binary, servers=None):
    for mode in ["legacy", "auto"]:
        await over_http(url, token, mode, slow)
        await over_pipes(stdio, mode, slow, servers)
        if binary:
            # Speaking for the hub: the same story through the bridge.
            environment = clean_environment() | {"LABKEEPER_URL": url, "LABKEEPER_TOKEN": token}
            await over_pipes([binary, "mcp"], mode, slow, environment)
    print(f"{check.count} checks hold")


def first_cause(error):
    """What was wrong, without the groups of tasks around it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def main():
    try:
        return run()
    except BaseExceptionGroup as group:
        error = first_cause(group)
        if not isinstance(error, AssertionError):
            raise
        print(f"not so: {error}")
        return 1


def run():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", help="labkeeper")
    parser.add_argument("--url", help="a hub that already runs, instead of starting one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--stdio", type=shlex.split, help="a command that serves over stdio, with --url")
    parser.add_argument("--slow", help="a tool and its input that reports progress")
    arguments = parser.parse_args()
    slow = None
    if arguments.slow:
        name, _, given = arguments.slow.partition(" ")
        slow = (name, json.loads(given or "{}"))
    if arguments.url:
        asyncio.run(everything(arguments.stdio, arguments.url, arguments.token, slow, arguments.binary))
        return 0
    with serving(arguments.binary) as url, data_directory("labkeeper-mcp-") as (directory, servers):
        stdio = [arguments.binary, "--data-dir", directory, "mcp"]
        asyncio.run(everything(stdio, url, TOKEN, slow, arguments.binary, servers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
