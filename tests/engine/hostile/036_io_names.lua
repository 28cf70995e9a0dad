-- expect: ok ; out=/^(nil\n)+$/
for _,n in ipairs{"","\0","a\0b","..","../../x","/etc/shadow","~/x","C:\\x","\27[2J","a\nb",("x"):rep(1e6)} do print((io.open(n))) end
