"""A real headless Firefox, driven over WebDriver BiDi with nothing but aiohttp."""

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any, Self

import aiohttp

BINARY = "firefox-esr"
A_QUESTION_S = 5

PREFERENCES: dict[str, str | int | bool] = {
    "dom.push.enabled": True,
    "dom.push.connection.enabled": True,
    "dom.push.testing.allowInsecureServerURL": True,
    # The remote agent's recommended preferences switch push off.
    "remote.prefs.recommended": False,
    "permissions.default.desktop-notification": 1,
    # Without a desktop bus showNotification would refuse although everything before it works.
    "alerts.useSystemBackend": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "browser.startup.page": 0,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.server": "",
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "extensions.getAddons.cache.enabled": False,
}


class Firefox:
    """`async with Firefox(folder, push_url) as firefox:` one browser, one profile folder."""

    def __init__(self, folder: Path, push_url: str, **preferences: str | int | bool) -> None:
        self.folder = folder
        push = {"dom.push.serverURL": push_url.replace("http://", "ws://") + "/"}
        self.preferences = {**PREFERENCES, **push, **preferences}
        self.events: list[dict[str, Any]] = []
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last = 0

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in self.preferences.items()
        ]
        (self.folder / "user.js").write_text("\n".join(lines))
        self._log = (self.folder / "firefox.log").open("w")
        self.process = subprocess.Popen(
            [BINARY, "--headless", "--no-remote", "--remote-allow-system-access", "--profile",
             str(self.folder), "--remote-debugging-port", "0", "about:blank"],
            stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(self.folder)},
        )  # fmt: skip
        await self._connect()
        return self

    async def _connect(self) -> None:
        address = await self._address()
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(address + "/session", max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        prompts = {"alwaysMatch": {"unhandledPromptBehavior": {"default": "ignore"}}}
        self.session = await self.command("session.new", capabilities=prompts)
        tree = await self.command("browsingContext.getTree")
        self.page = tree["contexts"][0]["context"]

    async def _address(self) -> str:
        log = self.folder / "firefox.log"
        for _ in range(600):
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text())
            if found:
                return found.group(1)
            await asyncio.sleep(0.1)
        raise RuntimeError(log.read_text()[-2000:])

    async def _read(self) -> None:
        async for message in self.socket:
            said = json.loads(message.data)
            waiting = self._answers.pop(said.get("id", -1), None)
            if waiting is not None:
                if not waiting.done():  # asked by somebody who has given up
                    waiting.set_result(said)
            else:
                self.events.append(said)

    async def command(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        future = self._answers[self._last] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": self._last, "method": method, "params": params})
        answer = await asyncio.wait_for(future, 60)
        if answer.get("type") == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    async def open(self, url: str) -> None:
        """Go there. A page that leads on by itself before it is complete counts as opened."""
        try:
            await self.command(
                "browsingContext.navigate", context=self.page, url=url, wait="complete"
            )
        except RuntimeError as why:
            if "NS_BINDING_ABORTED" not in str(why):
                raise

    async def script(self, body: str, *, tap: bool = False) -> Any:
        """The JSON value an async function body returns; `tap` counts as a person's gesture."""
        wrapped = f"async () => JSON.stringify(await (async () => {{{body}}})())"
        answer = await self.command(
            "script.callFunction",
            target={"context": self.page},
            awaitPromise=True,
            functionDeclaration=wrapped,
            userActivation=tap,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        value = answer["result"].get("value")
        return None if value is None else json.loads(value)

    async def do(self, deed: str) -> None:
        """A person's gesture that may lead to another page: the answer is out before the page goes."""
        await self.script(f"setTimeout(() => {{ {deed} }})", tap=True)

    async def until(self, body: str, seconds: float = 60) -> Any:
        """Asks the page again until it returns something true."""
        for _ in range(int(seconds / 0.1)):
            try:
                async with asyncio.timeout(A_QUESTION_S):
                    found = await self.script(body)
            except (RuntimeError, TimeoutError):
                found = None  # the page was just being replaced by the next one: some questions get no answer then
            if found:
                return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"never true within {seconds} s: {body}")

    async def shown(self) -> list[dict[str, Any]]:
        """The notifications on the screen, as the worker's registration lists them."""
        return await self.script(
            "const r = await navigator.serviceWorker.ready;"
            "return (await r.getNotifications())"
            ".map(n => ({title: n.title, body: n.body, tag: n.tag, data: n.data}));"
        )

    async def click_notification(self) -> None:
        """A real click on the notification's own window."""
        for _ in range(100):
            tree = await self.command("browsingContext.getTree", **{"moz:scope": "chrome"})
            alerts = [c for c in tree["contexts"] if "alerts/alert.xhtml" in c["url"]]
            if alerts:
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("no notification window was opened")
        await self.command(
            "script.evaluate",
            target={"context": alerts[-1]["context"]},
            expression="document.getElementById('alertBox').click()",
            awaitPromise=False,
        )

    async def pages(self) -> list[str]:
        tree = await self.command("browsingContext.getTree")
        return [context["url"] for context in tree["contexts"]]

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(RuntimeError, TimeoutError, ConnectionError):
            await self.command("browser.close")
        # Each in its turn: what is left open is reported later, from the middle of somebody else's work.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.socket.close(), 5)
        await asyncio.wait([self._reader], timeout=5)
        self._reader.cancel()
        await self.http.close()
        self._log.close()
        await asyncio.to_thread(self._wait)

    def _wait(self) -> None:
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
