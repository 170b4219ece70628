# Textes des règles de rules.toml.

android-settings-verifier-off = La vérification des applications de Google Play Protect est ou a été désactivée
    .why = Cette vérification examine les applications avant et après leur installation. Une personne qui veut placer une application nuisible sur un téléphone la désactive souvent d’abord.
    .innocent = Certaines personnes la désactivent elles-mêmes, par exemple pour installer une application hors du Play Store. Elle peut être désactivée sur un téléphone sans services Google.
    .next = Demandez qui l’a désactivée et quand. Regardez les applications installées vers cette date. Ne la réactivez qu’après avoir gardé l’acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-settings-adb-verifier-off = Les applications installées par USB ne sont pas vérifiées, ou ne l’ont pas été
    .why = Les applications qu’un ordinateur installe par câble échappent à la recherche d’applications nuisibles. Il devient plus facile d’en placer une à la main.
    .innocent = Les développeurs désactivent souvent cette vérification. Elle est désactivée d’origine sur les émulateurs et certains téléphones.
    .next = Demandez si la personne développe des applications. Si le téléphone n’est pas resté entre ses mains, regardez les applications sans installateur ou arrivées par USB.

android-settings-adb-install-unconfirmed = Des applications peuvent ou pouvaient être installées par USB sans question à l’écran
    .why = Certains fabricants demandent une confirmation à l’écran avant qu’une application arrive par USB. Ici, cette question est désactivée.
    .innocent = Les développeurs la désactivent par commodité.
    .next = Demandez si la personne l’a fait elle-même. Si le téléphone n’est pas resté entre ses mains, regardez les applications installées pendant ce temps.

android-settings-app-upload-off = Les applications inconnues ne sont pas envoyées à Google pour analyse, ou ne l’ont pas été
    .why = Play Protect peut envoyer à Google les applications qu’il ne connaît pas. Cette option est désactivée. On peut la désactiver pour qu’une nouvelle application reste inconnue.
    .innocent = Très courant. Beaucoup de personnes attentives à leur vie privée la refusent.
    .next = Rien à faire pour cela seul. Cela ne compte qu’avec d’autres traces.

android-settings-error-reports-off = Le téléphone n’envoie pas, ou n’envoyait pas, de rapports d’erreur ou de sécurité à son fabricant
    .why = Ces rapports peuvent révéler au fabricant une attaque manquée. Une personne qui manipule un téléphone peut préférer les désactiver.
    .innocent = Très courant. Beaucoup de personnes les refusent lors de la première mise en service.
    .next = Rien à faire pour cela seul. Cela ne compte qu’avec d’autres traces.

android-settings-accessibility-on = Une fonction d’accessibilité est ou a été activée
    .why = Ces fonctions aident à utiliser le téléphone. Les applications qui s’en servent peuvent aussi lire l’écran et appuyer sur des boutons, et des logiciels espions demandent ce droit.
    .innocent = Très courant : lecteurs d’écran, gestionnaires de mots de passe, blocage d’appels, boutons agrandis.
    .next = Regardez quels services sont activés et si la personne connaît chacun d’eux.

android-settings-accessibility-services = Des applications peuvent lire et commander l’écran
    .why = Un service d’accessibilité peut lire ce qui est à l’écran et agir à la place de la personne. Les logiciels espions installés à la main utilisent souvent ce droit.
    .innocent = Courant : lecteurs d’écran, gestionnaires de mots de passe, blocage d’appels, applications d’automatisation.
    .next = Parcourez la liste avec la personne. Si elle ne connaît pas une des applications, ne la supprimez pas encore : gardez cette acquisition et pensez d’abord à sa sécurité{ $survivors }. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-settings-adb-on = Le débogage USB est ou a été activé
    .why = Avec le débogage USB, un ordinateur auquel le téléphone fait confiance peut installer des applications et lire des données par câble.
    .innocent = Cette acquisition en a peut-être eu besoin. Les développeurs s’en servent tous les jours.
    .next = Demandez s’il était activé avant l’acquisition. Désactivez-le une fois le travail terminé.

android-settings-adb-wifi-on = Le débogage par Wi-Fi est ou a été activé
    .why = Un ordinateur associé une fois peut installer des applications et lire des données par le même réseau Wi-Fi, sans câble.
    .innocent = Les développeurs et certaines applications d’automatisation s’en servent. L’acquisition elle-même en a peut-être eu besoin.
    .next = Demandez qui l’a activé. Désactivez-le une fois le travail terminé et retirez les ordinateurs associés que la personne ne connaît pas.

android-settings-developer-on = Les options pour les développeurs sont ou ont été activées
    .why = Elles contiennent des réglages qui affaiblissent la protection du téléphone, comme le débogage USB. À elles seules, elles ne font rien.
    .innocent = Cette acquisition en a peut-être eu besoin. Beaucoup de personnes curieuses les activent.
    .next = Rien à faire pour cela seul. Regardez si d’autres résultats montrent un réglage modifié.

android-settings-unknown-sources = Les applications hors du magasin sont autorisées (ancien réglage)
    .why = Jusqu’à Android 7, ce réglage permettait à toute application d’en installer d’autres. Les versions suivantes gardent la valeur mais posent la question pour chaque application.
    .innocent = Depuis Android 8, la valeur est 1 sur les téléphones ordinaires.
    .next = Sur Android 7 ou plus ancien, demandez qui l’a activé. Sur un téléphone plus récent, il n’y a rien à faire.

android-settings-proxy = Le trafic web passe par un proxy
    .why = Un proxy relaie le trafic web du téléphone. La personne qui l’exploite voit quels sites sont visités et peut modifier les pages non chiffrées.
    .innocent = Les téléphones de travail, les écoles, les bloqueurs de publicité et les développeurs utilisent des proxys.
    .next = Demandez qui l’a configuré. Si personne ne le sait, notez l’adresse avant de la changer et cherchez de nouvelles applications ou de nouveaux profils.

android-settings-stay-awake = L’écran a été réglé pour rester allumé pendant la charge, alors que le téléphone était en d’autres mains
    .why = Ce réglage empêche un téléphone déverrouillé de se verrouiller. Une personne qui examine un téléphone branché peut l’activer.
    .innocent = Des développeurs et des personnes qui utilisent le téléphone comme écran l’activent aussi. Il serait alors peu probable que cela tombe dans cette période.
    .next = Notez quand le téléphone n’était plus entre les mains de la personne. Cherchez d’autres changements pendant ce temps. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition.

android-getprop-patch-outdated = Les mises à jour de sécurité du téléphone dataient de plus de six mois
    .why = Des failles connues restent ouvertes sur un tel téléphone. Il est plus facile à attaquer par le réseau et à déverrouiller par câble. Cela ne dit pas que c’est arrivé.
    .innocent = Très courant. Les fabricants cessent d’envoyer des mises à jour après quelques années, et on les remet souvent à plus tard.
    .next = Ne faites pas de mise à jour avant d’avoir gardé l’acquisition et éclairci les autres résultats. Ensuite, mettez le téléphone à jour ou prévoyez-en un qui reçoit encore des mises à jour.

android-getprop-debuggable = Le système permet de déboguer toutes les applications
    .why = Les téléphones vendus en magasin n’ont pas cela. Un ordinateur peut alors regarder à l’intérieur des applications en marche.
    .innocent = Les émulateurs, les téléphones de développement et les systèmes alternatifs l’ont. Certains fabricants livrent par erreur une version d’essai.
    .next = Demandez si le téléphone a un système alternatif ou sert au développement. Sinon, demandez à une personne experte comment ce système est arrivé là.

android-getprop-test-build = Le système est une version d’essai, pas une version publiée par le fabricant
    .why = Il est signé avec des clés publiques ou construit pour des essais. Sa protection est plus faible, et n’importe qui a pu le construire.
    .innocent = Systèmes alternatifs, téléphones de développement, émulateurs. Certains téléphones bon marché sont vendus ainsi.
    .next = Demandez si la personne a installé un autre système. Sinon, demandez où et comment le téléphone a été acheté, et s’il est arrivé qu’il ne soit pas entre ses mains.

android-getprop-adb-root = Un ordinateur relié par câble obtient tous les droits sur ce téléphone
    .why = Sur ce système, le service de débogage garde tous les droits. Une personne qui branche un ordinateur peut tout lire et tout modifier.
    .innocent = Systèmes faits pour des essais et anciens systèmes alternatifs. Les téléphones ordinaires n’ont jamais cela.
    .next = Demandez si la personne ou quelqu’un d’autre a installé ce système. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-getprop-adb-no-key = Le débogage USB ne demande rien avant de faire confiance à un ordinateur
    .why = Normalement, il faut confirmer chaque nouvel ordinateur à l’écran. Sur ce système, la question n’est pas posée.
    .innocent = Émulateurs, systèmes d’essai et certains systèmes alternatifs.
    .next = Demandez si le téléphone a un système alternatif. Si le débogage USB est aussi activé, désactivez-le une fois le travail terminé.

android-getprop-adb-network = Le débogage par le réseau est ouvert
    .why = Un ordinateur du même réseau peut tenter de se connecter. S’il a la confiance du téléphone, il peut installer des applications et lire des données.
    .innocent = Développeurs, boîtiers TV, émulateurs et certaines applications d’automatisation.
    .next = Demandez qui l’a ouvert. Un redémarrage le ferme en général, mais gardez d’abord l’acquisition.

android-getprop-selinux-permissive = Une protection centrale d’Android (SELinux) a démarré dans un mode affaibli
    .why = SELinux sépare les programmes. Dans ce mode, il se contente de prendre des notes. Les attaques et les outils de root en profitent.
    .innocent = Certains systèmes alternatifs et systèmes d’essai démarrent ainsi.
    .next = Demandez si le téléphone a un système alternatif. Sinon, il faut l’avis d’une personne experte. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-getprop-boot-unlocked = Le chargeur d’amorçage est déverrouillé
    .why = Un téléphone ainsi déverrouillé démarre n’importe quel système, même modifié. Une personne qui l’a en main peut le changer sans laisser de signe clair. Le déverrouillage efface normalement le téléphone.
    .innocent = On le déverrouille pour installer un autre système. Les téléphones de développement le sont.
    .next = Demandez si la personne l’a déverrouillé. Sinon, demandez quand le téléphone n’était pas entre ses mains et s’il a déjà été effacé sans raison. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-getprop-boot-unverified = Le système a démarré sans être vérifié
    .why = Au démarrage, le téléphone n’a pas vérifié que son système est celui du fabricant. Sur un vrai téléphone, cela va avec un chargeur d’amorçage déverrouillé.
    .innocent = Les émulateurs indiquent toujours cela. Les téléphones avec un autre système aussi.
    .next = S’il s’agit d’un émulateur ou si la personne a changé le système, il n’y a rien à faire. Sinon, traitez cela comme un chargeur d’amorçage déverrouillé et demandez à une personne experte.

android-getprop-boot-own-key = Le système est vérifié avec une clé qui n’est pas celle du fabricant
    .why = Le téléphone vérifie son système, mais avec une clé que quelqu’un a placée. C’est ainsi que fonctionnent les systèmes alternatifs soigneux.
    .innocent = Habituel avec GrapheneOS et les systèmes semblables que la personne a choisis.
    .next = Demandez si la personne a installé ce système. Sinon, demandez à une personne experte.

android-getprop-boot-red = La vérification du système au démarrage a échoué
    .why = Le téléphone a constaté que son système est abîmé ou modifié. Il ne devrait pas démarrer ainsi.
    .innocent = Mémoire abîmée, mise à jour manquée ou tentative manquée d’installer un autre système.
    .next = Demandez s’il y a eu des mises à jour manquées ou un moment où le téléphone n’était pas entre les mains de la personne. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-getprop-verity-off = Les modifications du système ne sont pas bloquées
    .why = Une partie de la vérification au démarrage (dm-verity) est désactivée ou ne fait que prendre des notes. Des fichiers du système peuvent alors être modifiés durablement.
    .innocent = Systèmes alternatifs, root et développement.
    .next = Demandez si la personne a modifié le système. Sinon, demandez à une personne experte.

android-getprop-knox-tripped = Ce téléphone Samsung a déjà démarré un système qui n’est pas de Samsung
    .why = Les téléphones Samsung gardent une trace définitive quand un système non officiel est démarré. Elle ne dit ni quand ni par qui.
    .innocent = La personne, un ancien propriétaire ou un atelier a installé un autre système ou un outil de root.
    .next = Demandez si le téléphone a été acheté d’occasion, réparé ou rooté. Sinon, demandez à une personne experte.

android-packages-no-installer = Une ou plusieurs applications ne viennent pas d’un magasin
    .why = Les applications d’un magasin portent le nom de ce magasin. Celles-ci n’en portent aucun, ou ont été placées à la main ou par USB. Les logiciels espions installés à la main arrivent par les mêmes voies.
    .innocent = Courant : applications installées par USB par un développeur, transférées d’un ancien téléphone ou d’une sauvegarde, livrées avec le téléphone, et certains magasins.
    .next = Parcourez la liste avec la personne. Si elle ne connaît pas une application, ne la supprimez pas encore et gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-packages-adb-installer = Une ou plusieurs applications ont été installées par un ordinateur (débogage USB)
    .why = Un ordinateur les a installées par câble ou par Wi-Fi. Les logiciels espions placés à la main arrivent souvent ainsi.
    .innocent = Développeurs, testeurs et personnes qui installent des applications depuis un ordinateur.
    .next = Demandez si la personne l’a fait. Sinon, demandez quand le téléphone n’était pas entre ses mains. Ne supprimez pas encore une application inconnue. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-packages-manual-installer = Une ou plusieurs applications ont été installées depuis un fichier
    .why = Quelqu’un a ouvert sur le téléphone un fichier d’application téléchargé et a accepté l’installation. Des liens dans des messages y conduisent, une personne ayant le téléphone en main aussi.
    .innocent = Courant là où l’on obtient des applications sur des sites, par des amis ou auprès d’éditeurs absents du Play Store.
    .next = Demandez à la personne d’où vient l’application. Si elle ne la connaît pas, ne la supprimez pas encore et gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-packages-other-store = Une ou plusieurs applications viennent d’un autre magasin
    .why = F-Droid et Aurora Store sont des magasins connus. Cela dit seulement d’où viennent les applications.
    .innocent = Beaucoup de personnes attentives à leur vie privée utilisent ces magasins.
    .next = Demandez si la personne utilise ce magasin. Si oui, il n’y a rien à faire.

android-packages-debuggable = Une ou plusieurs applications sont ouvertes au débogage
    .why = Un ordinateur auquel le téléphone fait confiance peut lire et modifier les données d’une telle application. Celles d’un magasin ne sont pas construites ainsi.
    .innocent = Applications développées par la personne ou un ami, versions d’essai et certaines versions libres.
    .next = Demandez si la personne connaît ces applications. Si elle n’en connaît pas une, ne la supprimez pas encore et gardez cette acquisition.

android-packages-security-disabled = Un service de sécurité du téléphone est désactivé
    .why = Ce service fait partie de la protection du fabricant. Sur un téléphone ordinaire, il est actif. Il faut un ordinateur ou des droits particuliers pour le désactiver.
    .innocent = Certaines personnes désactivent depuis un ordinateur les applications du fabricant dont elles ne veulent pas.
    .next = Demandez si la personne l’a fait. Sinon, demandez quand le téléphone n’était pas entre ses mains. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-packages-update-disabled = Un service qui tient le système à jour est désactivé
    .why = Sans lui, le téléphone ne reçoit plus de mises à jour de sécurité et des failles connues restent ouvertes. Il faut un ordinateur ou des droits particuliers pour le désactiver.
    .innocent = Certaines personnes désactivent exprès les mises à jour ou les services Google.
    .next = Demandez si la personne l’a fait. Sinon, demandez quand le téléphone n’était pas entre ses mains. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-appops-install-allowed = Une ou plusieurs applications ont le droit d’en installer d’autres
    .why = La personne, ou quelqu’un ayant le téléphone en main, a donné à une application le droit d’apporter des applications hors du magasin.
    .innocent = Courant pour les navigateurs, gestionnaires de fichiers, messageries et magasins d’applications.
    .next = Demandez si la personne a donné ce droit. Retirez-le aux applications qui n’en ont pas besoin, après avoir gardé l’acquisition.

android-appops-shell-private = Le débogage USB a servi à atteindre des éléments privés
    .why = Le service de débogage, commandé par un ordinateur, a utilisé le micro, l’appareil photo ou des listes privées comme les contacts, les appels et les messages.
    .innocent = Programmes qui montrent l’écran du téléphone sur un ordinateur, programmes de sauvegarde, développeurs. Certains outils employés pour cette acquisition peuvent lire de telles listes.
    .next = Comparez l’heure avec celle de l’acquisition. Si elle ne correspond pas, demandez quand le téléphone a été relié à un ordinateur, et par qui. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

android-appops-shell-used = Le débogage USB a été utilisé
    .why = Le service de débogage a fait quelque chose sur le téléphone. Cela arrive quand un ordinateur est relié pour le débogage.
    .innocent = Très courant. La création d’un rapport de bug fait vibrer le téléphone par ce service : cette acquisition laisse elle-même une telle trace.
    .next = Comparez l’heure avec celle de l’acquisition. Si elle ne correspond pas, demandez qui a branché un ordinateur à ce moment.

android-tombstones-privileged = Un programme doté de droits élevés a planté
    .why = Une attaque peut faire planter un programme du système. Un plantage de programme à droits élevés mérite qu’on regarde sa date et ce qu’il faisait.
    .innocent = Très courant. Des programmes du système plantent à cause de défauts ordinaires, surtout sur les téléphones anciens.
    .next = Regardez la date. Si elle tombe dans une période d’attaque, de saisie ou de message étrange, montrez l’enregistrement à une personne experte et gardez cette acquisition.
