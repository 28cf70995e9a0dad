-- expect: error ; text=/^main.lua:2: .__tostring. must return a string$/
print(setmetatable({},{__tostring=function() return {} end}))
