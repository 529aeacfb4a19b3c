-- Grain: source instance × system × object × field × reason. Texts that landed in a field and could
-- not be read as what the field is, or only with doubt; counted over all landed versions, with the
-- same macros that staging reads them with. `sample` and `sample_key` stay private.
{{ field_problems() }}
