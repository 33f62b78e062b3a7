// Pages work without this file; the class lets CSS hide what only works with it.
document.documentElement.classList.add("js");
