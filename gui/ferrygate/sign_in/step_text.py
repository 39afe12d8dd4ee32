"""Steps of a sign-in as lines of the log, for those who help; never translated."""

from __future__ import annotations

from ferrygate.sign_in.step_line import StepLine
from ferrygate.sign_in.steps import (
    AuthAnswered,
    ChannelOpened,
    HostKeyAccepted,
    MethodsOffered,
    SecretSent,
    SettingsRead,
    SftpStarted,
    Step,
    StepFailed,
    step_name,
)
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    AlgorithmsAgreed,
    AlgorithmsDiffer,
    ConnectStep,
    FirstLineRead,
    NameResolved,
    OtherProtocolRead,
    TcpConnected,
)


def step_line(step: Step) -> StepLine:
    """Describe a step; what a server said may still hold a secret that it was sent."""
    return StepLine(step_name(step), _found(step), _banner(step))


def step_text(step: Step) -> str:
    """Describe a step on one line, which begins with its name."""
    return step_line(step).text


def _found(step: Step) -> str:  # noqa: PLR0911  one for each kind of step
    match step:
        case SettingsRead():
            return _settings(step)
        case HostKeyAccepted():
            return f"{step.key_type} {step.fingerprint}, {step.trust.value}"
        case MethodsOffered():
            return _offered(step)
        case SecretSent():
            return _sent(step)
        case AuthAnswered():
            return _answered(step)
        case ChannelOpened():
            return "opened"
        case SftpStarted():
            return _sftp(step)
        case StepFailed():
            return _failed(step)
        case _:
            return _connected(step)


def _connected(step: ConnectStep) -> str:  # noqa: PLR0911  one for each kind of step
    match step:
        case NameResolved():
            addresses = ", ".join(step.addresses) or "no address"
            return f"{step.host} is {addresses} ({step.milliseconds} ms)"
        case AddressFailed():
            where = f"{step.address} port {step.port}"
            return f"{where} did not answer: {step.reason} ({step.milliseconds} ms)"
        case TcpConnected():
            return f"{step.address} port {step.port} ({step.milliseconds} ms)"
        case OtherProtocolRead(first=""):
            return "no SSH; ended without a word"
        case OtherProtocolRead():
            name = step.protocol.value if step.protocol is not None else "unknown"
            return f"no SSH; protocol {name}, first words {step.first!r}"
        case FirstLineRead():
            return step.line
        case AlgorithmsDiffer():
            age = "all too old" if step.is_too_old else "others"
            ours, theirs = ", ".join(step.ours), ", ".join(step.theirs)
            return f"no {step.kind} in common ({age}): here {ours}; there {theirs}"
        case AlgorithmsAgreed():
            safe = "post-quantum" if step.is_post_quantum else "not post-quantum"
            mac = step.mac or "no MAC beside it"
            return f"{step.key_exchange} ({safe}), {step.host_key}, {step.cipher}, {mac}"


def _settings(step: SettingsRead) -> str:
    where = f"{step.username}@{step.host}:{step.port}"
    code = "; code typed by a person" if step.typed_code else ""
    corrected = f"; codes corrected by {step.correction} s" if step.correction else ""
    methods = ", ".join(step.methods)
    return f"site {step.site!r}, {where}, {methods}, joins {step.join}{code}{corrected}"


def _offered(step: MethodsOffered) -> str:
    assumed = " (not asked)" if step.is_assumed else ""
    return f"{', '.join(step.methods) or 'none'}{assumed}"


def _sent(step: SecretSent) -> str:
    sent = ", ".join(each.value for each in step.sent)
    key = f" ({step.key_type})" if step.key_type else ""
    prompts = "".join(f"; prompt {each.prompt!r}: {each.answer.value}" for each in step.prompts)
    above = f"; above it {step.instruction!r}" if step.instruction else ""
    return f"{sent}{key} (method {step.method}){prompts}{above}"


def _answered(step: AuthAnswered) -> str:
    can_continue = f"; can continue: {', '.join(step.methods)}" if step.methods else ""
    detail = f"; {step.detail}" if step.detail else ""
    answer = f"{step.outcome.value} (method {step.method})"
    return f"{answer}{can_continue}{detail}"


def _sftp(step: SftpStarted) -> str:
    kind = "object store" if step.stores_objects else "files"
    extensions = ", ".join(step.extensions) or "none"
    return f"version {step.version}, {kind}; extensions: {extensions}"


def _failed(step: StepFailed) -> str:
    return f"failed, {step.kind.value}" + (f": {step.detail}" if step.detail else "")


def _banner(step: Step) -> str:
    words = step.banner if isinstance(step, MethodsOffered | AuthAnswered) else ""
    return repr(" ".join(words.split())) if words else ""
