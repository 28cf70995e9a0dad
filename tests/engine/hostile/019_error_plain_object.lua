-- expect: error ; text=/table value/
error(setmetatable({},{__name="evil"}))
