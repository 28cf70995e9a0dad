-- expect: ok ; out=/false/
print(pcall(utf8.char,-1)) print(pcall(utf8.codepoint,"\xff",1)) print(pcall(utf8.len,("\xf8"):rep(10)))
