// Brings what the address names ([data-chosen]) into sight.
if (!location.hash) document.querySelector("[data-chosen]")?.scrollIntoView({ block: "center" });
