#!/bin/sh
# The moment of a charging event (Event-Timestamp, AVP 55 of Diameter), written and read again.
#
# Guessed: what was set with a zone comes back with one, or in UTC.
# Seen:    it comes back without any, in the zone of the process: one answer is 10:00 on a machine in
#          UTC and 16:00 on one in Almaty (of that January), and compares with neither side's aware
#          times. Of the night when Kazakhstan set its clocks back two events an hour apart are equal
#          ("==" is true; only .fold tells them apart).
# With:    python-diameter 0.9.0.
# Matters: a moment from outside is made UTC where it is read, before it is compared with anything.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check python-diameter==0.9.0 tzdata==2026.6 || exit 2
cat > events.py <<'PY'
from datetime import UTC, datetime

from diameter.message.avp import AvpTime


def again(moment: datetime) -> datetime:
    avp = AvpTime(55)
    avp.value = moment
    return avp.value


one = again(datetime(2022, 1, 24, 10, 0, tzinfo=UTC))
first = again(datetime(2024, 2, 29, 17, 30, tzinfo=UTC))
second = again(datetime(2024, 2, 29, 18, 30, tzinfo=UTC))
print(one, one.tzinfo, "equal" if first == second else "apart")
PY
status=0
for zone in UTC Asia/Almaty; do
    got=$(TZ=$zone v/bin/python events.py)
    case $zone in
    UTC) want="2022-01-24 10:00:00 None apart" ;;
    *) want="2022-01-24 16:00:00 None equal" ;;
    esac
    echo "process in $zone"
    echo "  guessed: 2022-01-24 10:00:00 UTC apart"
    echo "  seen:    $got"
    [ "$got" = "$want" ] || { echo "changed: $zone"; status=1; }
done
exit $status
