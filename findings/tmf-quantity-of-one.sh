#!/bin/sh
# An amount that the operator did not send is 1, once a model was made from TM Forum's own schema.
#
# Guessed: a member that is missing in the answer is None in the generated model.
# Seen:    the v5 schemas give Quantity.amount "default": 1 (TMF666 5.0.0 among others). What JSON
#          Schema calls a remark becomes the field's value in datamodel-code-generator, for pydantic
#          and msgspec: {"units": "GB"} is read as 1 GB. Swagger 2.0, the form of the v4 schemas, is
#          refused: "Models not found in the input data".
# With:    datamodel-code-generator 0.89.0, pydantic 2.14.4, msgspec 0.23.0.
# Matters: "unknown" shown as one gigabyte. Defaults are to be taken out of a schema before a model is
#          made of it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check datamodel-code-generator==0.89.0 \
    pydantic==2.14.4 msgspec==0.23.0 || exit 2
cat >v5.json <<'JSON'
{"openapi": "3.0.1", "info": {"title": "Usage", "version": "5.0.0"}, "paths": {},
 "components": {"schemas": {"Quantity": {"type": "object", "properties": {
   "amount": {"type": "number", "format": "float", "default": 1}, "units": {"type": "string"}}}}}}
JSON
cat >v4.json <<'JSON'
{"swagger": "2.0", "info": {"title": "Usage", "version": "4.0.0"}, "paths": {},
 "definitions": {"Quantity": {"type": "object", "properties": {
   "amount": {"type": "number", "format": "float"}, "units": {"type": "string"}}}}}
JSON
make() {
    v/bin/python -W ignore -m datamodel_code_generator --input "$1" --input-file-type openapi \
        --output-model-type "$2" --output "$3" 2>>told
}
make v5.json pydantic_v2.BaseModel by_pydantic.py
make v5.json msgspec.Struct by_msgspec.py
make v4.json pydantic_v2.BaseModel by_swagger.py || true
v/bin/python - <<'PY'
import pathlib
import sys

sys.path.insert(0, ".")
import by_msgspec
import by_pydantic
import msgspec

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


ANSWER = b'{"units": "GB"}'
see("pydantic, amount", None, 1.0, by_pydantic.Quantity.model_validate_json(ANSWER).amount)
see("msgspec, amount", "UNSET", 1.0, msgspec.json.decode(ANSWER, type=by_msgspec.Quantity).amount)
see("Swagger 2.0", "a model, or told why not", (False, True),
    (pathlib.Path("by_swagger.py").exists(),
     "Models not found in the input data" in pathlib.Path("told").read_text()))
sys.exit(f"changed: {changed}" if changed else 0)
PY
