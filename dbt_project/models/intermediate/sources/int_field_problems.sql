-- Grain: landed file × object × field × reason, and without a field one row per file and one per file and
-- column of times. Texts that landed in a field and could not be read as what the field is, or only with
-- doubt; counted over all landed versions, with the same macros that staging reads them with. `sample` and
-- `sample_key` stay private.
-- A table of its own rows before: of the files that are still wanted they stay as they are.
{{ field_problems() }}
