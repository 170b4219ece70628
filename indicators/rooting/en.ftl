# Texts of the rules in rules.toml.

rooting-app-installed = A rooting tool is installed
    .why = Such a tool gives apps full rights on the phone, or hides that they have them. Protection between apps no longer holds. Spyware can use it.
    .innocent = Many hobbyists root their own phone or install another system.
    .next = Ask whether the owner rooted the phone. If not, do not remove the tool yet. Ask when the phone was out of their hands. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

rooting-tool-running = A program that gives full rights was running
    .why = This program hands out full rights on the phone, or lets someone look into running apps. It was running when the report was made.
    .innocent = Many hobbyists root their own phone. App testers use such tools.
    .next = Ask whether the owner rooted the phone. If not, do not restart it yet. Ask when it was out of their hands. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.
