#!/bin/sh
# Reads the sample reports into a record in .try/ and prints it. Does its own set-up; run it again at will.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup --no-dev

db=.try/record.db
rm -rf .try
.venv/bin/onrecord --db "$db" read 'samples/[0-9]*' || [ $? -eq 3 ]

echo
echo "== Who said what, report by report =="
echo
.venv/bin/onrecord --db "$db" search --limit 0 --format table
echo "== The most quoted sources, whatever the reports call them =="
echo
.venv/bin/onrecord --db "$db" sources --limit 10 --format table

echo
echo "== What somebody affirms and somebody denies =="
echo
.venv/bin/onrecord --db "$db" claims --disputed --limit 10 --format table

cat <<END

That was the record of the reports in samples/. Next:

  .venv/bin/onrecord --db $db show             the reports; show ID marks one up
  .venv/bin/onrecord --db $db search slurry --cue denied    search it
  .venv/bin/onrecord --db $db claim ID         how one of these claims stands
  .venv/bin/onrecord extract YOUR-REPORT.txt            who says what in a report of your own
  .venv/bin/onrecord --help                             everything else
END
