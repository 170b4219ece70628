# Texts of the rules in rules.toml.

ios-sms-threat-notification = A message looks like a threat notification from Apple
    .why = Apple warns people whom it believes to be targets of mercenary spyware. The text of this message resembles such a warning. If it is real, it is a serious sign.
    .innocent = Anyone can send a text that looks like this. Apple shows a real warning also at the top of account.apple.com after signing in, and never asks to open links or to install anything.
    .next = Do not open links in the message. On another device, sign in at account.apple.com, typed by hand, and look for the warning there. Do not reset, update or restart the phone yet, and keep this acquisition. Ask an expert when to switch on Lockdown Mode: the phone restarts for it. Ask for expert help{ $help }.

ios-safari-redirect-injection = An unencrypted page led to another site in less than a second
    .why = Spyware operators who control the network can do this to send a browser to their own server. The phone's owner sees almost nothing of it.
    .innocent = Very common: short links, advertisements, company addresses and Wi-Fi log-in pages do the same every day.
    .next = Look at the address it led to. A random name, an odd port or a random path deserves an expert's look. Do not open it.

ios-datausage-deleted-process = The record of a program that used the network was deleted
    .why = The phone still counts its traffic, but the program's name is gone. iOS does not do this by itself. Pegasus was seen to remove its names in this way.
    .innocent = Rare. A damaged database or a tool that edited the backup could leave the same gap.
    .next = Treat this as a serious sign, not as final proof. Do not reset, update or restart the phone, and keep this acquisition. Ask for expert help{ $help }.

ios-datausage-gap = The list of programs that used the network has a gap
    .why = The numbers in this list skip some values. An entry may have been removed.
    .innocent = Very common. The system removes entries of deleted apps by itself.
    .next = Nothing to do by itself. It counts only together with other traces from the same time.

ios-profile-notifications = A configuration profile changes what the phone shows as notifications
    .why = Such a profile can hide messages of an app. Someone who attacks a phone may want certain notices not to appear.
    .innocent = Phones managed by a company or a school have such profiles.
    .next = Ask whether the phone is managed by work or school. If not, take a picture of the profile (Settings, General, VPN & Device Management) before anything is changed. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

ios-profile-root-certificate = A configuration profile brings its own root certificate
    .why = If the phone trusts it, whoever holds its key can pose as any web site and read encrypted traffic.
    .innocent = Common: company and university networks, advertisement blockers, developer tools.
    .next = Ask who installed the profile. If nobody knows, take a picture of it before it is removed, and ask an expert.

ios-profile-traffic = A configuration profile directs the phone's traffic
    .why = A VPN, proxy or DNS setting from a profile sends traffic through somebody's server. Whoever runs it sees which sites are used.
    .innocent = Common: work phones, schools, VPN services and advertisement blockers.
    .next = Ask who installed the profile and which service it belongs to. If nobody knows, take a picture of it before it is removed.

ios-profile-managed = The phone is under remote management
    .why = Whoever manages it can install apps and profiles, read some data and lock or erase the phone from afar.
    .innocent = Very common on phones that belong to a company or a school.
    .next = Ask who manages the phone. If nobody knows, do not remove the management yet, and keep this acquisition. Think of the owner's safety: someone close can misuse it{ $survivors }. If the owner may be a target, ask for expert help{ $help }.

ios-profile-not-removable = A configuration profile cannot be removed by the owner
    .why = Whoever made the profile decides about it. What it sets up stays until they or an erased phone remove it.
    .innocent = Usual on phones that a company, a school or a parent manages.
    .next = Ask who manages the phone. If nobody knows, take a picture of the profile, and do not erase the phone yet. Think of the owner's safety: someone close can misuse it{ $survivors }.

ios-app-not-from-store = One or more apps have no ordinary App Store record
    .why = Apps can also come from a company, from a developer or from another installer. Surveillance apps for iPhones were spread in this way.
    .innocent = Common: work apps, test versions (TestFlight), apps the owner builds, apps from other marketplaces, and incomplete backups.
    .next = Ask the owner about each app on the list. If they do not know one, do not remove it yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.
