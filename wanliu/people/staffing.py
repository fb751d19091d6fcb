"""What may be done with the people who sign in: taking on, changing, letting go, helping back in.

Nobody but the person ever knows a password. Whoever has none yet, or lost it, gets a one-time code from the
administrator, by hand or by phone, and chooses a password with it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from wanliu.audit.record import Actor, record
from wanliu.clock import now
from wanliu.errors import Changed, NotFound, Refused
from wanliu.people.models import SetupCode
from wanliu.people.rights import check_may
from wanliu.people.roles import ROLES
from wanliu.people.user import USERNAME, User
from wanliu.text import Text

ADMINISTER = "people.administer"
CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for each other: I and 1, O and 0."""
CODE_LENGTH, CODE_GROUP = 12, 4
CODE_LASTS = timedelta(days=3)
"""A long weekend: handed over on Friday, used on Monday."""
GIVEN: Final = ("name", "role", "branch_id", "staff_id", "certificate", "capacity")
"""What stands in the form of a person."""
CHANGEABLE: Final = frozenset((*GIVEN, "is_active"))
WHOLE_FIRM: Final = ("compliance", "head_office", "administrator")
"""Roles that may be without a branch."""


@transaction.atomic
def add_staff(*, username: str, by: Actor, **given: object) -> tuple[User, str]:
    """A new person who signs in, and the one-time code for the first password, which is kept nowhere.

    ``by`` is an administrator, or the command line for the first one. Raises NotAllowed, and Refused with
    what is wrong.
    """
    if isinstance(by, User):
        check_may(by, ADMINISTER)
    if not USERNAME.fullmatch(username):
        raise Refused(_NO_USERNAME)
    user = User(username=username)
    _set(user, given)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(_TAKEN.format(username=username)) from fault
    payload = {"username": username, **given}
    record(stream=f"user/{user.pk}", verb="staff_added", by=by, payload=payload)
    return user, _new_code(user)


@transaction.atomic
def change_staff(*, user_id: int, by: User, version: int | None = None, **changes: object) -> User:
    """Changes a person's role, branch, number, capacity or whether they may sign in, from the next click on.

    Whoever goes to another branch leaves the number behind unless it is given with the branch: the book still
    names the old branch's clients under it. Whoever leaves loses password and sessions with the right.
    Raises NotAllowed, NotFound, Changed, and Refused for changing oneself: nobody gives rights to themselves.
    """
    user = _another(user_id, by)
    if version is not None and version != user.version:
        raise Changed(_CHANGED)
    for name in changes:
        if name not in CHANGEABLE:
            raise ValueError(name)
    if changes.get("branch_id", user.branch_id) != user.branch_id and _keeps_number(user, changes):
        changes["staff_id"] = ""
    before = {name: getattr(user, name) for name in changes}
    _set(user, changes)
    if before.get("is_active") and not user.is_active:
        user.set_unusable_password()  # ends every session, also if the person comes back
        SetupCode.objects.filter(user=user).delete()
    user.version += 1
    user.save()
    record(
        stream=f"user/{user.pk}",
        verb=_verb(before, user),
        by=by,
        payload={"before": before, "after": dict(changes)},
    )
    return user


def _keeps_number(user: User, changes: dict[str, object]) -> bool:
    return changes.get("staff_id", user.staff_id) == user.staff_id


def _verb(before: dict[str, object], user: User) -> str:
    if before.get("is_active", user.is_active) == user.is_active:
        return "staff_changed"
    return "staff_returned" if user.is_active else "staff_stopped"


@transaction.atomic
def let_back(*, user_id: int, version: int, by: User) -> str:
    """Somebody who had left may sign in again, with a password of their own by the one-time code returned.

    Raises as ``change_staff`` does.
    """
    return _new_code(change_staff(user_id=user_id, version=version, by=by, is_active=True))


@transaction.atomic
def issue_code(*, user_id: int, by: User) -> str:
    """A one-time code for somebody who forgot the password; the old password and all sessions end now.

    Raises NotAllowed, NotFound, and Refused for oneself and for somebody who left.
    """
    user = _another(user_id, by)
    if not user.is_active:
        raise Refused(_LEFT)
    _lock_out(user)
    record(stream=f"user/{user.pk}", verb="sign_in_code_issued", by=by)
    return _new_code(user)


@transaction.atomic
def reset_second_factor(*, user_id: int, by: User) -> str:
    """Takes away a second factor that was lost, and the password with it; a one-time code for both anew.

    With the password alone nobody could set up a second factor of their own in between.
    Raises NotAllowed, NotFound, and Refused for oneself and for somebody who left.
    """
    user = _another(user_id, by)
    if not user.is_active:
        raise Refused(_LEFT)
    Authenticator.objects.filter(user=user).delete()
    _lock_out(user)
    record(stream=f"user/{user.pk}", verb="second_factor_reset", by=by)
    return _new_code(user)


@transaction.atomic
def use_code(*, username: str, code: str, password: str) -> User:
    """Sets the password of whoever holds the code, which is used up. Signing in comes after, as ever.

    Raises Refused: one sentence for every wrong code, and another for a password that is too weak.
    """
    found = SetupCode.objects.select_for_update(of=("self",)).select_related("user")
    named = found.filter(user__username=username, user__is_active=True, expires_at__gt=now())
    held = named.first() if USERNAME.fullmatch(username) else None
    plain = "".join(one for one in code.upper() if one.isalnum())
    if held is None:
        make_password(plain)  # as long as a real one takes: nobody learns who is waiting for a code
        raise Refused(_NO_CODE)
    if not check_password(plain, held.code_hash):
        raise Refused(_NO_CODE)
    user = held.user
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    held.delete()
    record(stream=f"user/{user.pk}", verb="first_password_set", by=user)
    return user


@transaction.atomic
def change_own_password(*, old: str, new: str, by: User) -> User:
    """Sets one's own password; every other session of one's ends.

    Raises NotAllowed, and Refused where the old one is wrong or the new one too weak.
    """
    check_may(by, "people.account")
    user = User.objects.select_for_update().get(pk=by.pk)
    if not user.check_password(old):
        raise Refused(_WRONG_PASSWORD)
    _check_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    record(stream=f"user/{user.pk}", verb="password_changed", by=user)
    return user


@transaction.atomic
def note_second_factor(*, verb: str, by: User) -> None:
    """Says in the records that somebody set up, renewed or removed their second factor."""
    record(stream=f"user/{by.pk}", verb=verb, by=by)


def _another(user_id: int, by: User) -> User:
    """Somebody else, locked. Raises NotAllowed, NotFound, and Refused for oneself."""
    check_may(by, ADMINISTER)
    if user_id == by.pk:
        raise Refused(_NOT_ONESELF)
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(NOBODY)
    return user


def _set(user: User, values: dict[str, object]) -> None:
    """Raises Refused where the columns would not hold it, naming the field."""
    for name, value in values.items():
        setattr(user, name, value)
    if user.role not in ROLES:
        raise Refused(_NO_ROLE)
    if not user.name.strip():
        raise Refused(_NO_NAME)
    if not user.branch_id and user.role not in WHOLE_FIRM:
        raise Refused(_NO_BRANCH.format(role=ROLES[user.role]))  # type: ignore[index]  # a CharField is no Literal
    try:
        user.full_clean(exclude=["username", "password"], validate_unique=False)
    except ValidationError as fault:
        raise Refused(_TOO_LONG.format(field=_FIELDS.get(next(iter(fault.message_dict)), _ROW))) from fault


def _lock_out(user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])


def _new_code(user: User) -> str:
    """Only its hash is kept; an older one counts no longer."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    SetupCode.objects.update_or_create(
        user=user, defaults={"code_hash": make_password(code), "expires_at": now() + CODE_LASTS}
    )
    return "-".join(code[at : at + CODE_GROUP] for at in range(0, CODE_LENGTH, CODE_GROUP))


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        words = " ".join(fault.messages)  # Django's own, in the page's language
        raise Refused(Text(zh=words, en=words)) from fault


NOBODY = Text(zh="没有这位人员。", en="There is no such person.")
_ROW = Text(zh="内容", en="entry")
_FIELDS = {
    "name": Text(zh="姓名", en="name"),
    "branch_id": Text(zh="营业部", en="branch"),
    "staff_id": Text(zh="工号", en="staff number"),
    "certificate": Text(zh="执业编号", en="adviser certificate"),
    "capacity": Text(zh="每日容量", en="daily capacity"),
}
_NOT_ONESELF = Text(
    zh="不能更改自己的权限，请由另一位管理员操作。",
    en="Nobody changes their own rights; ask another administrator.",
)
_CHANGED = Text(
    zh="刚才有另一位管理员更改了这位人员，您的修改没有保存。请刷新后核对再提交。",
    en="Another administrator has just changed this person; yours was not saved. Reload and compare.",
)
_NO_USERNAME = Text(
    zh="用户名只能用字母、数字、点、横线和下划线，2 到 64 位。",
    en="A user name has 2 to 64 letters, digits, dots, hyphens and underscores.",
)
_TAKEN = Text(
    zh="用户名 {username} 已经有人用了，请换一个。", en="The user name {username} is taken; choose another."
)
_NO_ROLE = Text(zh="请选择岗位。", en="Choose a role.")
_NO_NAME = Text(zh="请填写姓名。", en="Give a name.")
_NO_BRANCH = Text(
    zh="岗位「{role.zh}」要属于一家营业部，请填写营业部编号。",
    en="The role “{role.en}” belongs to a branch; give the branch's number.",
)
_TOO_LONG = Text(
    zh="{field.zh}填写有误或太长，没有保存。", en="The {field.en} is wrong or too long; nothing was saved."
)
_LEFT = Text(
    zh="这位人员已停用，请先恢复再发代码。", en="This person has left; let them back in before giving a code."
)
_NO_CODE = Text(
    zh="用户名或一次性代码不对，或者代码已用过、已过期。请核对；仍不行，请管理员再发一个。",
    en="User name or one-time code is wrong, or the code was used or has expired. Check them, or ask the "
    "administrator for another.",
)
_WRONG_PASSWORD = Text(
    zh="现在的密码不对，没有更改。", en="The present password is wrong; nothing was changed."
)
