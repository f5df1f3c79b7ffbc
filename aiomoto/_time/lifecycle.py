"""S3: rules of a bucket's lifecycle, and restored objects whose time is over.

Days are counted as S3 does, to the midnight (UTC) after they have passed:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial
from itertools import pairwise
from math import ceil
from typing import Any

from aiomoto._moto.loaded import loaded_backends
from aiomoto._time.due import Due
from aiomoto._time.expiry import DAY, moment
from aiomoto._time.timeline import Timeline


def due_in_buckets(timeline: Timeline, until: float) -> Iterator[Due]:
    """Find what the rules of buckets do up to a moment, and what was restored until then."""
    for backend in loaded_backends("s3", "s3_backends"):
        for bucket in list(backend.buckets.values()):
            rules = [_Rule(rule, backend, bucket, timeline) for rule in bucket.rules if rule.status == "Enabled"]
            for name in list(bucket.keys.keys()):
                versions = bucket.keys.getlist(name)
                yield from (due for key in versions for due in _restored(bucket, key) if due.at <= until)
                yield from (due for rule in rules for due in rule.due(name, versions) if due.at <= until)
            for rule in rules:
                yield from (due for due in rule.uploads() if due.at <= until)


def _midnight_after(moment: float, days: object) -> float:
    return ceil((moment + int(str(days)) * DAY) / DAY) * DAY


def _is_object(key: Any) -> bool:
    return hasattr(key, "storage_class")  # a delete marker has none


class _Rule:
    """One rule of a bucket."""

    def __init__(self, rule: Any, backend: Any, bucket: Any, timeline: Timeline) -> None:
        self._rule, self._backend, self._bucket = rule, backend, bucket
        self._since = timeline.since
        self._first_seen = timeline.first_seen

    def due(self, name: str, versions: list[Any]) -> Iterator[Due]:
        """What it does to the versions of an object, the newest last."""
        newest = versions[-1]
        if not self._is_for(name, newest):
            return
        yield from self._expiry(name, newest, versions)
        yield from self._transitions(newest)
        if self._rule.nve_noncurrent_days:
            for key, successor in pairwise(versions):
                at = _midnight_after(moment(successor.last_modified), self._rule.nve_noncurrent_days)
                if not (_is_object(key) and key.is_locked(False)):
                    yield Due(at, partial(self._remove_version, name, key))

    def uploads(self) -> Iterator[Due]:
        """The uploads that were begun and not completed. Moto does not date them."""
        if self._rule.aimu_days:
            for upload in list(self._bucket.multiparts.values()):
                if upload.key_name.startswith(self._prefix()):
                    since = self._since.setdefault(upload, self._first_seen)
                    abort = partial(self._bucket.multiparts.pop, upload.id, None)
                    yield Due(_midnight_after(since, self._rule.aimu_days), abort)

    def _expiry(self, name: str, newest: Any, versions: list[Any]) -> Iterator[Due]:
        rule, created = self._rule, moment(newest.last_modified)
        if not _is_object(newest):
            if rule.expired_object_delete_marker and len(versions) == 1:
                yield Due(created, partial(self._remove_version, name, newest))
        elif rule.expiration_days:
            yield self._expires(_midnight_after(created, rule.expiration_days), name, newest)
        elif rule.expiration_date and (at := _date(rule.expiration_date)) >= created:
            yield self._expires(at, name, newest)

    def _expires(self, at: float, name: str, key: Any) -> Due:
        return Due(at, partial(self._expire, name, key), leads_on=_notifies(self._bucket))

    def _transitions(self, key: Any) -> Iterator[Due]:
        for each in self._rule.transitions or () if _is_object(key) else ():
            created = moment(key.last_modified)
            at = _date(each.date) if each.date is not None else _midnight_after(created, each.days)
            if at > self._since.get(key, 0) and each.storage_class != key.storage_class:
                yield Due(at, partial(self._transition, at, key, each.storage_class))

    # ------------------------------------------------------------ doing it

    def _expire(self, name: str, key: Any) -> None:
        if self._bucket.keys.get(name) is not key:
            return  # by another rule it has expired already
        if self._bucket.is_versioned:
            self._backend.delete_object(self._bucket.name, name)
            event = "LIFECYCLE_EXPIRATION_DELETE_MARKER_CREATED_EVENT"
        else:
            self._bucket.keys.pop(name)
            event = "LIFECYCLEEXPIRATION_DELETE_EVENT"
        _notify(event, self._bucket, key)

    def _transition(self, at: float, key: Any, storage_class: str) -> None:
        self._since[key] = at
        key.set_storage_class(storage_class)
        _notify("LIFECYCLE_TRANSITION_EVENT", self._bucket, key)

    def _remove_version(self, name: str, key: Any) -> None:
        keys = self._bucket.keys
        keys.setlist(name, [each for each in keys.getlist(name, []) if each is not key])
        if not keys.getlist(name):
            keys.pop(name)

    # ------------------------------------------------------------ what it is for

    def _prefix(self) -> str:
        found = self._rule.filter
        prefixes = (self._rule.prefix, found and found.prefix, found and found.and_filter and found.and_filter.prefix)
        return next((prefix for prefix in prefixes if prefix), "")

    def _is_for(self, name: str, key: Any) -> bool:
        if not name.startswith(self._prefix()):
            return False
        found = self._rule.filter
        wanted = {**(found.and_filter.tags if found and found.and_filter else {})}
        if found and found.tag_key:
            wanted[found.tag_key] = found.tag_value
        if not wanted:
            return True
        tags = self._backend.tagger.get_tag_dict_for_resource(key.arn) if _is_object(key) else {}
        return all(tags.get(tag) == value for tag, value in wanted.items())


def _date(given: str) -> float:
    return datetime.fromisoformat(given.replace("Z", "+00:00")).replace(tzinfo=timezone.utc).timestamp()


def _restored(bucket: Any, key: Any) -> Iterator[Due]:
    # Moto has no other way to read this date than as text.
    if _is_object(key) and key.expiry_date is not None:
        ends = datetime.strptime(key.expiry_date, "%a, %d %b %Y %H:%M:%S GMT")
        yield Due(moment(ends), partial(_end_restore, bucket, key), leads_on=_notifies(bucket))


def _end_restore(bucket: Any, key: Any) -> None:
    key.set_expiry(None)
    key.status = None  # as before the first restore
    _notify("OBJECT_RESTORE_DELETE_EVENT", bucket, key)


def _notifies(bucket: Any) -> bool:
    return bucket.notification_configuration is not None


def _notify(event: str, bucket: Any, key: Any) -> None:
    if _notifies(bucket):
        from moto.s3 import notifications  # a bucket exists, so it has been imported

        found = getattr(notifications.S3NotificationEvent, event)
        notifications.send_event(bucket.account_id, found, bucket, key=key)
