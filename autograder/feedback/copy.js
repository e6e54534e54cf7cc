"use strict";
for (const command of document.querySelectorAll(".rehearsal pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
    } catch {
      getSelection().selectAllChildren(command); // the clipboard is closed to this page
      document.execCommand("copy");
    }
    button.textContent = "Copied";
  });
  command.before(button);
}
