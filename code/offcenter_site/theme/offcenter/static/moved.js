// A page that moved leads on to the same place within the new one.
location.replace(document.currentScript.dataset.to + location.hash);
