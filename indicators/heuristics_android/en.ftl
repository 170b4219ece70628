# Texts of the rules in rules.toml.

android-settings-verifier-off = Google Play Protect's app check is or was switched off
    .why = This check looks at apps before and after they are installed. Someone who wants to put a harmful app on a phone often switches it off first.
    .innocent = Some owners switch it off themselves, for example to install an app from outside the Play Store. Phones without Google services may have it off.
    .next = Ask who switched it off and when. Look at the apps installed around that time. Switch it on again only after the acquisition has been kept. If the owner may be a target, ask for expert help{ $help }.

android-settings-adb-verifier-off = Apps installed over USB are or were not checked
    .why = Apps that a computer installs over a cable skip the check for harmful apps. This makes it easier to put an app on the phone by hand.
    .innocent = App developers often switch this check off. Emulators and some phones come with it off.
    .next = Ask whether the owner develops apps. If the phone was out of their hands, look at the apps that have no installer or came over USB.

android-settings-adb-install-unconfirmed = Apps can or could be installed over USB without a question on the screen
    .why = Some makers ask on the screen before an app comes in over USB. Here that question is switched off.
    .innocent = App developers switch it off for convenience.
    .next = Ask whether the owner did this. If the phone was out of their hands, look at the apps installed in that time.

android-settings-app-upload-off = Unknown apps are or were not sent to Google for checking
    .why = Play Protect can send apps it does not know to Google. This is switched off. Someone may switch it off so that a new app stays unknown.
    .innocent = Very common. Many people who care for their privacy decline it.
    .next = Nothing to do by itself. It counts only together with other traces.

android-settings-error-reports-off = The phone does not or did not send error or security reports to its maker
    .why = Such reports can reveal a failed attack to the maker. Someone who tampers with a phone may prefer to have them off.
    .innocent = Very common. Many owners decline these reports when they set up the phone.
    .next = Nothing to do by itself. It counts only together with other traces.

android-settings-accessibility-on = An accessibility function is or was switched on
    .why = Accessibility functions help people to use the phone. Apps that use them can also read the screen and press buttons, and spyware asks for this.
    .innocent = Very common: screen readers, password managers, call blockers, larger touch buttons.
    .next = See which services are switched on and whether the owner knows each of them.

android-settings-accessibility-services = Apps may read and control the screen
    .why = An accessibility service can read what is on the screen and act for the owner. Spyware that was installed by hand often uses this right.
    .innocent = Common: screen readers, password managers, call blockers, automation apps.
    .next = Go through the list with the owner. If they do not know an app on it, do not remove it yet: keep this acquisition and think of their safety first{ $survivors }. If the owner may be a target, ask for expert help{ $help }.

android-settings-adb-on = USB debugging is or was switched on
    .why = With USB debugging, a computer that the phone trusts can install apps and read data over a cable.
    .innocent = This very acquisition may have needed it. App developers use it every day.
    .next = Ask whether it was on before the acquisition. Switch it off when the work is done.

android-settings-adb-wifi-on = Debugging over Wi-Fi is or was switched on
    .why = A computer that was paired once can install apps and read data over the same Wi-Fi network, without a cable.
    .innocent = App developers and some automation apps use it. The acquisition itself may have needed it.
    .next = Ask who switched it on. Switch it off when the work is done, and remove paired computers the owner does not know.

android-settings-developer-on = Developer options are or were switched on
    .why = They hold switches that weaken the phone's protection, such as USB debugging. By themselves they do nothing.
    .innocent = This acquisition may have needed them. Many curious owners switch them on.
    .next = Nothing to do by itself. Look whether other findings show a switch that was changed.

android-settings-unknown-sources = Apps from outside the store are allowed (old setting)
    .why = Up to Android 7 this switch let any app install other apps. Later versions keep the value but ask for each app instead.
    .innocent = Since Android 8 the value is 1 on ordinary phones.
    .next = On Android 7 or older, ask who switched it on. On newer phones there is nothing to do.

android-settings-proxy = Web traffic goes through a proxy
    .why = A proxy passes on the phone's web traffic. Whoever runs it sees which sites are visited and can change pages that are not encrypted.
    .innocent = Work phones, schools, advertisement blockers and developers use proxies.
    .next = Ask who set it up. If nobody knows, write the address down before changing it, and look for new apps or profiles.

android-settings-stay-awake = The screen was set to stay on while charging, during the time in other hands
    .why = This keeps an unlocked phone from locking itself. Someone who examines a phone on a cable may set it.
    .innocent = Developers and people who use the phone as a display set it too. It is then unlikely to fall into exactly that time.
    .next = Write down when the phone was out of the owner's hands. Look for other changes in that time. Do not reset or update the phone yet, and keep this acquisition.

android-getprop-patch-outdated = The phone's security updates were more than six months old
    .why = Known holes stay open on such a phone. It is easier to attack over the network and easier to unlock with a cable. It does not say that this happened.
    .innocent = Very common. Makers stop sending updates after some years, and people put updates off.
    .next = Do not update before the acquisition has been kept and the other findings are clear. After that, update, or plan a phone that still gets updates.

android-getprop-debuggable = The system allows every app to be debugged
    .why = Phones in shops are built without this. With it, a computer can look into running apps.
    .innocent = Emulators, developer phones and custom systems have it. Some makers ship test versions by mistake.
    .next = Ask whether the phone runs a custom system or is used for development. If not, ask an expert how this system came onto the phone.

android-getprop-test-build = The system is a test build, not a maker's release
    .why = It is signed with public keys or built for testing. Its protection is weaker, and anyone could have built it.
    .innocent = Custom systems, developer phones and emulators. Some cheap phones are sold like this.
    .next = Ask whether the owner installed another system. If not, ask where and how the phone was bought, and whether it was ever out of their hands.

android-getprop-adb-root = A computer on the cable gets full rights on this phone
    .why = On this system the debugging service keeps full rights. Whoever connects a computer can read and change everything.
    .innocent = Systems made for testing and old custom systems. Ordinary phones never have this.
    .next = Ask whether the owner or someone else installed this system. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-getprop-adb-no-key = USB debugging does not ask before trusting a computer
    .why = Normally the owner must confirm each new computer on the screen. On this system the question is left out.
    .innocent = Emulators, test systems and some custom systems.
    .next = Ask whether the phone runs a custom system. If USB debugging is on as well, switch it off when the work is done.

android-getprop-adb-network = Debugging over the network is open
    .why = A computer in the same network can try to connect for debugging. If it is trusted, it can install apps and read data.
    .innocent = Developers, TV boxes, emulators and some automation apps.
    .next = Ask who opened it. A restart usually closes it, but keep the acquisition first.

android-getprop-selinux-permissive = A central protection of Android (SELinux) was started in a weakened mode
    .why = SELinux keeps programs apart. In this mode it only takes notes. Exploits and rooting tools benefit from it.
    .innocent = Some custom systems and test systems start like this.
    .next = Ask whether the phone runs a custom system. If not, this needs an expert's look. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-getprop-boot-unlocked = The bootloader is unlocked
    .why = An unlocked phone starts any system, also a changed one. Someone with the phone in hand can alter it without leaving clear signs. Unlocking normally erases the phone.
    .innocent = Owners unlock it to install another system. Developer phones are unlocked.
    .next = Ask whether the owner unlocked it. If not, ask when the phone was out of their hands and whether it was ever erased without reason. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-getprop-boot-unverified = The system was started without being verified
    .why = The phone did not check at start-up that its system is the maker's. On a real phone this goes with an unlocked bootloader.
    .innocent = Emulators always say this. Phones with another system say it too.
    .next = If this is an emulator or the owner changed the system, there is nothing to do. If not, treat it like an unlocked bootloader and ask an expert.

android-getprop-boot-own-key = The system is verified with a key that is not the maker's
    .why = The phone checks its system, but against a key that somebody set. This is how careful custom systems work.
    .innocent = Usual on GrapheneOS and similar systems that the owner chose.
    .next = Ask whether the owner installed this system. If not, ask an expert.

android-getprop-boot-red = The check of the system at start-up failed
    .why = The phone found that its system is damaged or was changed. It should not start like this.
    .innocent = Damaged storage, a failed update or a failed attempt to install another system.
    .next = Ask about failed updates and about time out of the owner's hands. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-getprop-verity-off = Changes to the system are not blocked
    .why = A part of the start-up check (dm-verity) is switched off or only takes notes. System files can then be changed for good.
    .innocent = Custom systems, rooting and development.
    .next = Ask whether the owner changed the system. If not, ask an expert.

android-getprop-knox-tripped = This Samsung phone once started a system that is not Samsung's
    .why = Samsung phones keep a permanent mark when an unofficial system is started. The mark does not say when or by whom.
    .innocent = The owner, an earlier owner or a repair shop installed another system or a rooting tool.
    .next = Ask whether the phone was bought second-hand, repaired or rooted. If not, ask an expert.

android-packages-no-installer = One or more apps did not come from an app store
    .why = Apps from a store carry the store's name. These carry none, or were put on the phone by hand or over USB. Spyware that is installed by hand comes in the same ways.
    .innocent = Common: apps installed over USB by a developer, apps moved from an old phone or a backup, apps that came with the phone, and some app stores.
    .next = Ask the owner about each app on the list. If they do not know one, do not remove it yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-packages-adb-installer = One or more apps were installed by a computer (USB debugging)
    .why = A computer installed them over a cable or Wi-Fi. Spyware that is put on a phone by hand often comes this way.
    .innocent = App developers, app testers and people who install apps from a computer.
    .next = Ask whether the owner did this. If not, ask when the phone was out of their hands. Do not remove an unknown app yet. If the owner may be a target, ask for expert help{ $help }.

android-packages-manual-installer = One or more apps were installed from a file
    .why = Someone opened a downloaded app file on the phone and agreed to install it. Links in messages lead people to do this, and so does a person with the phone in hand.
    .innocent = Common where people get apps from web sites, friends or makers that are not in the Play Store.
    .next = Ask the owner where the app came from. If they do not know it, do not remove it yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-packages-other-store = One or more apps came from another app store
    .why = F-Droid and Aurora Store are known stores. This only says where the apps came from.
    .innocent = Many people who care for their privacy use these stores.
    .next = Ask whether the owner uses this store. If so, there is nothing to do.

android-packages-debuggable = One or more apps are open to debugging
    .why = A computer that the phone trusts can read and change such an app's data. Apps from a store are not built like this.
    .innocent = Apps that the owner or a friend develops, test versions and some open-source builds.
    .next = Ask whether the owner knows these apps. If they do not know one, do not remove it yet, and keep this acquisition.

android-packages-security-disabled = A security service of the phone is disabled
    .why = This service belongs to the maker's protection. On an ordinary phone it is on. It takes a computer or special rights to disable it.
    .innocent = Some owners use a computer to disable the maker's apps (debloating).
    .next = Ask whether the owner did this. If not, ask when the phone was out of their hands. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-packages-update-disabled = A service that keeps the system up to date is disabled
    .why = Without it the phone gets no security updates, and known holes stay open. It takes a computer or special rights to disable it.
    .innocent = Some owners disable updates or Google services on purpose.
    .next = Ask whether the owner did this. If not, ask when the phone was out of their hands. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-appops-install-allowed = One or more apps are allowed to install other apps
    .why = The owner, or someone with the phone in hand, gave an app the right to bring in apps from outside the store.
    .innocent = Common for browsers, file managers, messengers and app stores.
    .next = Ask whether the owner gave this right. Take it away from apps that do not need it, after the acquisition has been kept.

android-appops-shell-private = USB debugging was used to reach private things
    .why = The debugging service, which a computer controls, used the microphone, the camera or private lists such as contacts, calls and messages.
    .innocent = Programs that show the phone's screen on a computer, backup programs and developers. Some tools used for this acquisition may read such lists.
    .next = Compare the time with the acquisition. If it does not fit, ask when the phone was connected to a computer and by whom. Do not reset or update the phone yet, and keep this acquisition. If the owner may be a target, ask for expert help{ $help }.

android-appops-shell-used = USB debugging was used
    .why = The debugging service did something on the phone. This happens when a computer is connected for debugging.
    .innocent = Very common. Taking a bug report makes the phone vibrate through this service, so this acquisition leaves such a trace itself.
    .next = Compare the time with the acquisition. If it does not fit, ask who connected a computer at that time.

android-tombstones-privileged = A program with high rights crashed
    .why = An attack can make a system program crash. A crash in a program with high rights deserves a look at its date and at what it was doing.
    .innocent = Very common. System programs crash because of ordinary faults, above all on older phones.
    .next = Look at the date. If it falls in a time when the phone was attacked, seized or received an odd message, show the record to an expert and keep this acquisition.
