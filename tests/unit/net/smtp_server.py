#!/usr/bin/python3
"""A real SMTP server (aiosmtpd) on this machine for tests.   smtp_server.py FOLDER [tls=none|starttls|tls] [auth=USER:PASSWORD] [port=N]

Prints "port N" when it listens. Letters go to FOLDER/N.json: envelope, and the letter parsed by Python's own mail reader. The first word of the
recipient's address says what happens: refused@ 550, later@ 451, slow@ answers after three seconds, gone@ takes the letter and closes the
connection without an answer; others are taken. Certificate and key: FOLDER/server.pem, FOLDER/server.key.
"""
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

folder = sys.argv[1]
options = dict(a.split("=", 1) for a in sys.argv[2:])
tls = options.get("tls", "none")
count = 0


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        word = address.split("@")[0]
        if word == "refused":
            return "550 5.1.1 no such mailbox"
        if word == "later":
            return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        word = envelope.rcpt_tos[0].split("@")[0]
        if word == "slow":
            await asyncio.sleep(3)
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        out = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None or tls == "tls", "user": bool(session.authenticated),
               "headers": [[k, str(v)] for k, v in m.items()], "parts": {p.get_content_type(): p.get_content() for p in m.walk() if not p.is_multipart()},
               "defects": [str(d) for p in m.walk() for d in p.defects], "longest": max(map(len, envelope.content.split(b"\r\n")))}
        count += 1
        name = os.path.join(folder, f"{count}.json")
        with open(name + ".part", "w", encoding="utf-8") as f:
            json.dump(out, f, ensure_ascii=False)
        os.rename(name + ".part", name)
        if word == "gone":
            server.transport.close()
            return "250 OK"
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    user, password = options["auth"].split(":")
    good = data.login == user.encode() and data.password == password.encode()
    session.auth_data = data if good else None
    return AuthResult(success=good, handled=good)  # not handled: the server answers 535


class Server(Controller):
    def factory(self):
        more = {}
        if "auth" in options:
            more = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": tls == "starttls"}
        if tls == "starttls":
            more.update(tls_context=context(), require_starttls=True)
        return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=False, **more)


def context():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server.key"))
    return c


async def main():
    loop = asyncio.get_running_loop()
    maker = Server(Handler(), hostname="127.0.0.1", port=1)
    server = await loop.create_server(maker.factory, "127.0.0.1", int(options.get("port", "0")), ssl=context() if tls == "tls" else None)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
