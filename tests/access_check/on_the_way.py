"""Lists situations in which the server is not reached, or is not the one that was meant."""

from __future__ import annotations

from functools import partial

import msgspec

from access_check.openssh_setups import by_password, on_openssh
from access_check.peer_setups import (
    NO_SUCH_HOST,
    answers_requests,
    on_closed_port,
    on_filtered_port,
    on_missing_name,
    on_no_network,
    on_peer,
    says,
    turns_away,
)
from access_check.sandbox_setups import on_sandbox
from access_check.situation import GIVEN, Situation
from ferrygate.access_check.stages import Party, Stage, StageOutcome
from ferrygate.common.paths import Home
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from servers.rigs.server_process import HOST, free_port
from support.broken_peers import IDENT, offer

OTHER_PIN = "SHA256:" + "A" * 43
_PORTAL = b"HTTP/1.1 302 Found\r\nLocation: http://portal.example\r\nContent-Length: 0\r\n\r\n"
_BAD_REQUEST = (
    b"<!DOCTYPE HTML>\n<html><head><title>Error response</title></head>"
    b"<body><p>Error code: 400</p><p>Message: Bad request syntax.</p></body></html>\n"
)
_PROXY = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
_TLS_ALERT = bytes.fromhex("15 03 01 00 02 02 46")  # fatal, protocol version (RFC 8446 §6)


def _other_pin(site: Site) -> Site:
    return msgspec.structs.replace(site, host_key_fingerprints=(OTHER_PIN,))


def _no_such_host(site: Site) -> Site:
    return msgspec.structs.replace(site, host=NO_SUCH_HOST)


def _other_okta(site: Site) -> Site:
    address = f"http://{HOST}:{free_port()}"
    sign_in = msgspec.structs.replace(site.sign_in, okta_address=address)
    return msgspec.structs.replace(site, sign_in=sign_in)


def _without_pin(site: Site) -> Site:
    return msgspec.structs.replace(site, host_key_fingerprints=())


def _other_key_on_record(home: Home, site: Site) -> None:
    home.prepare()
    KnownHosts(home.known_hosts).add(site.host, site.port, HostKey("ssh-ed25519", b"another key"))


NO_SERVER = [
    Situation(
        name="the name is missing",
        caller="It says that there is no such server.",
        cause="The server's name is wrong, or the computer is offline.",
        question="Is the name in their file another than yours, letter by letter?",
        advice="Send them a file with the right name.",
        build=on_missing_name,
        stage=Stage.DNS,
        sentence="There is no server called {host}.",
        who=Party.YOU,
        then=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="the name is missing, and Okta is reached",
        caller="It says that there is no such server. Everything else works.",
        cause="The server's name is wrong or gone: the network finds other names.",
        question="Do web pages open there?",
        advice="Check the name in the file, and that it is still in use.",
        build=partial(on_sandbox, change=_no_such_host),
        stage=Stage.DNS,
        sentence="There is no server called {host}.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="no name is found at all",
        caller="Nothing works today.",
        cause="Neither the server's name nor Okta's is found: the computer is offline.",
        question="Do no web pages open?",
        advice="Have them look at their network first.",
        build=on_no_network,
        stage=Stage.DNS,
        sentence="There is no server called {host}.",
        who=Party.NETWORK,
        status=5,
    ),
    Situation(
        name="the port is closed",
        caller="It worked until yesterday. Now it says nothing answers.",
        cause="The computer of that name is there, but the server is not running, or the port is"
        " another one.",
        advice="Check that the server runs, and the port in the file.",
        build=on_closed_port,
        stage=Stage.TCP,
        sentence="{host} is there, but nothing answers on port {port}.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="the port is filtered",
        caller="It takes for ever, and then gives up. At home it works.",
        cause="A firewall between the caller and the server drops everything.",
        advice="Have their network's people allow the host and port that are named.",
        build=on_filtered_port,
        stage=Stage.TCP,
        sentence="{host} does not answer.",
        who=Party.NETWORK,
        status=5,
    ),
    Situation(
        name="a captive portal",
        caller="I am in a hotel, and it does not work.",
        cause="The hotel's or train's log-in page answers in place of the server.",
        question="Does that network want a log-in, and do web pages not open before?",
        advice="Have them open a web page and log in to that network first.",
        build=partial(on_peer, behave=says(_PORTAL)),
        stage=Stage.FIRST_LINE,
        sentence="A web page answers at {host}, port {port}, not a file transfer server.",
        who=Party.NETWORK,
        status=5,
    ),
    Situation(
        name="a web server at a wrong port",
        caller="It cannot connect, and web pages open.",
        cause="The port or the name is that of a web server: it complains of a bad request, or Okta"
        " is reached while the server is not.",
        question="Do web pages open? Does the server's answer say 400, or is Okta reached?",
        advice="Compare host and port with yours, and send them a file with the right ones.",
        build=partial(on_peer, behave=answers_requests(_BAD_REQUEST)),
        stage=Stage.FIRST_LINE,
        sentence="A web page answers at {host}, port {port}, not a file transfer server.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="a proxy",
        caller="It works on my phone, but not in the office.",
        cause="The office's proxy answers in place of the server.",
        advice="Have their network's people let SFTP through, or try another network.",
        build=partial(on_peer, behave=says(_PROXY)),
        stage=Stage.FIRST_LINE,
        sentence="A proxy answers at {host}, port {port}, not a file transfer server.",
        who=Party.NETWORK,
        status=5,
    ),
    Situation(
        name="a TLS server",
        caller="I used the address of the web page.",
        cause="A server for web pages or FTPS answers at that port.",
        advice="Send them the right host and port.",
        build=partial(on_peer, behave=answers_requests(_TLS_ALERT)),
        stage=Stage.FIRST_LINE,
        sentence="At {host}, port {port}, a server answers that wants web encryption (TLS), not a"
        " file transfer server.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="an FTP server",
        caller="I changed the port to 21, as with our old program.",
        cause="An FTP server answers at that port. FTP is not SFTP.",
        advice="Send them the right port, mostly 22.",
        build=partial(on_peer, behave=says(b"220 ProFTPD Server (Acme) [10.0.0.7]\r\n")),
        stage=Stage.FIRST_LINE,
        sentence="An FTP server answers at {host}, port {port}. FTP is not SFTP.",
        said="220 ProFTPD Server (Acme) [10.0.0.7]",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="a mail server",
        caller="It says that something else answers there.",
        cause="A mail server answers at that address.",
        advice="Send them the right host and port.",
        build=partial(on_peer, behave=says(b"220 mx.example.org ESMTP Postfix\r\n")),
        stage=Stage.FIRST_LINE,
        sentence="A mail server answers at {host}, port {port}, not a file transfer server.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="silence",
        caller="It connects, and then nothing happens.",
        cause="The port is open, and not one word comes: a firewall, or a server that hangs.",
        advice="Try from another network. If it is the same there, look at the server.",
        build=partial(on_peer, behave=says()),
        stage=Stage.FIRST_LINE,
        sentence="{host} does not answer: it takes the connection, and says nothing.",
        who=Party.NETWORK,
        status=5,
        marks=("slow",),
    ),
    Situation(
        name="a forwarder without its server",
        caller="It ends before it has begun.",
        cause="Something takes the connection and hangs up at once, as a load balancer does whose"
        " server is down.",
        advice="Look whether the server behind it runs.",
        build=partial(on_peer, behave=turns_away()),
        stage=Stage.FIRST_LINE,
        sentence="{host} ends the connection without a word.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="silence after the first line",
        caller="It hangs in the middle.",
        cause="The server says its name and then no more: it is overloaded, or large packets do not"
        " get through.",
        advice="Try from another network. If it is the same there, look at the server.",
        build=partial(on_peer, behave=says(IDENT)),
        stage=Stage.ALGORITHMS,
        sentence="{host} began to answer, and then fell silent.",
        who=Party.CONTACT,
        status=5,
        marks=("slow",),
    ),
    Situation(
        name="too many connections at the server",
        caller="Sometimes it works, sometimes not, mostly in the morning.",
        cause="The server has as many callers as it takes (MaxStartups).",
        advice="Have them try again in some minutes; tell the server's owner if it comes back.",
        build=partial(on_openssh, settings={"MaxStartups": "1:100:1"}, crowd=2),
        stage=Stage.FIRST_LINE,
        sentence="{host} is there, but lets nobody in just now.",
        who=Party.OWNER,
        status=5,
    ),
    Situation(
        name="a penalty for the network",
        caller="Nobody in our office gets in any more.",
        cause="Too many sign-ins from that network have failed, and the server keeps it out.",
        advice="Have them wait some minutes; the server's owner can end it.",
        build=partial(on_peer, behave=turns_away(b"Not allowed at this time\r\n")),
        stage=Stage.FIRST_LINE,
        sentence="{host} does not let you in from this network just now.",
        said="Not allowed at this time",
        who=Party.OWNER,
        status=5,
    ),
]

WRONG_SERVER = [
    Situation(
        name="only old encryption",
        caller="Our old program still works, this one does not.",
        cause="The server offers only encryption that is no longer safe.",
        advice="Tell the server's owner to update it.",
        build=partial(
            on_peer, behave=says(IDENT, offer(key_exchange=b"diffie-hellman-group1-sha1"))
        ),
        stage=Stage.ALGORITHMS,
        sentence="{host} offers only encryption that is no longer safe.",
        who=Party.OWNER,
        status=5,
    ),
    Situation(
        name="only newer encryption",
        caller="It says that the encryption is missing.",
        cause="The server offers only encryption that this version of Ferrygate does not have.",
        advice="Have them update Ferrygate.",
        build=partial(on_openssh, settings={"Ciphers": "chacha20-poly1305@openssh.com"}),
        stage=Stage.ALGORITHMS,
        sentence="{host} wants encryption that this version of Ferrygate does not have.",
        who=Party.YOU,
        status=5,
    ),
    Situation(
        name="another key than the file names",
        caller="It shows a red warning about the server.",
        cause="The server shows another key than the connection file names: a wrong server, or a"
        " file of before the key was changed.",
        advice="Ask the server's owner which of the two fingerprints is right. Send a new file only"
        " if the one shown is. Until then nobody signs in.",
        build=partial(on_sandbox, change=_other_pin),
        stage=Stage.HOST_KEY,
        sentence="{host} does not show the key that the connection file names. Nothing was sent to"
        " it.",
        who=Party.CONTACT,
        status=4,
    ),
    Situation(
        name="another key than on record",
        caller="It says that this is not the server it was.",
        cause="The server shows another key than at the last sign-in.",
        advice="Ask the server's owner which of the two fingerprints is right. If the one shown is,"
        " have them forget the old key. Until then nobody signs in.",
        build=partial(on_sandbox, change=_without_pin, prepare=_other_key_on_record),
        stage=Stage.HOST_KEY,
        sentence="{host} is not the server it was. Nothing was sent to it.",
        who=Party.CONTACT,
        status=4,
    ),
    Situation(
        name="a new file, and the old key on record",
        caller="I opened the new file that you sent, and it is still stopped.",
        cause="The server's key was changed, and the computer still has the old one on record.",
        advice="If the change is known to you: have them forget the old key, with ferrygate sites"
        " forget-host-key.",
        build=partial(on_sandbox, prepare=_other_key_on_record),
        stage=Stage.HOST_KEY,
        sentence="The connection file for {host} names another server than the one known here."
        " Nothing was sent to it.",
        who=Party.CONTACT,
        status=4,
    ),
    Situation(
        name="other ways to sign in wanted",
        caller="It says that my password is not wanted.",
        cause="The server takes private keys only, and the file says password.",
        advice="Send them a file with the ways that this server wants.",
        build=partial(on_openssh, sign_in=by_password, given=GIVEN),
        stage=Stage.METHODS,
        sentence="{host} wants this account to sign in another way.",
        who=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="Okta is not reached",
        caller="The code cannot be set up here.",
        cause="The server is reached, and Okta is not: the network lets only some addresses pass.",
        advice="Have their network's people allow the Okta address that the file names.",
        build=partial(on_sandbox, change=_other_okta),
        stage=Stage.OKTA,
        outcome=StageOutcome.WARNED,
        sentence="Okta cannot be reached from this computer.",
        who=Party.NETWORK,
        status=0,
    ),
]
