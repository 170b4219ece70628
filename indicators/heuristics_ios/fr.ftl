# Textes des règles de rules.toml.

ios-sms-threat-notification = Un message ressemble à une notification de menace d’Apple
    .why = Apple prévient les personnes qu’elle croit visées par un logiciel espion mercenaire. Le texte de ce message ressemble à un tel avertissement. S’il est authentique, c’est un signe sérieux.
    .innocent = N’importe qui peut envoyer un texte semblable. Apple affiche aussi l’avertissement authentique en haut de account.apple.com après connexion, et ne demande jamais d’ouvrir un lien ni d’installer quoi que ce soit.
    .next = N’ouvrez pas les liens du message. Sur un autre appareil, connectez-vous à account.apple.com en tapant l’adresse vous-même et cherchez-y l’avertissement. Ne réinitialisez pas le téléphone, ne le mettez pas à jour, ne le redémarrez pas pour l’instant ; gardez cette acquisition. Demandez à une personne experte quand activer le mode Isolement : le téléphone redémarre alors. Demandez l’aide d’experts{ $help }.

ios-safari-redirect-injection = Une page non chiffrée a mené à un autre site en moins d’une seconde
    .why = Des opérateurs de logiciels espions qui contrôlent le réseau peuvent faire cela pour envoyer un navigateur vers leur serveur. La personne n’en voit presque rien.
    .innocent = Très courant : liens courts, publicités, adresses d’entreprises et pages de connexion Wi-Fi font la même chose tous les jours.
    .next = Regardez l’adresse d’arrivée. Un nom au hasard, un port inhabituel ou un chemin au hasard mérite l’avis d’une personne experte. Ne l’ouvrez pas.

ios-datausage-deleted-process = L’enregistrement d’un programme qui a utilisé le réseau a été supprimé
    .why = Le téléphone compte encore son trafic, mais le nom du programme a disparu. iOS ne fait pas cela de lui-même. On a vu Pegasus retirer ses noms de cette façon.
    .innocent = Rare. Une base de données abîmée ou un outil ayant modifié la sauvegarde pourrait laisser la même lacune.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne réinitialisez pas le téléphone, ne le mettez pas à jour, ne le redémarrez pas ; gardez cette acquisition. Demandez l’aide d’experts{ $help }.

ios-datausage-gap = La liste des programmes qui ont utilisé le réseau présente une lacune
    .why = Les numéros de cette liste sautent des valeurs. Une entrée a pu être retirée.
    .innocent = Très courant. Le système retire de lui-même les entrées des applications supprimées.
    .next = Rien à faire pour cela seul. Cela ne compte qu’avec d’autres traces de la même période.

ios-profile-notifications = Un profil de configuration change les notifications que le téléphone affiche
    .why = Un tel profil peut cacher les messages d’une application. Une personne qui attaque un téléphone peut vouloir que certains avis n’apparaissent pas.
    .innocent = Les téléphones gérés par une entreprise ou une école ont de tels profils.
    .next = Demandez si le téléphone est géré par un employeur ou une école. Sinon, photographiez le profil (Réglages, Général, VPN et gestion de l’appareil) avant de changer quoi que ce soit. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

ios-profile-root-certificate = Un profil de configuration apporte son propre certificat racine
    .why = Si le téléphone lui fait confiance, le détenteur de sa clé peut se faire passer pour n’importe quel site et lire le trafic chiffré.
    .innocent = Courant : réseaux d’entreprise et d’université, bloqueurs de publicité, outils de développement.
    .next = Demandez qui a installé le profil. Si personne ne le sait, photographiez-le avant de le retirer et demandez à une personne experte.

ios-profile-traffic = Un profil de configuration dirige le trafic du téléphone
    .why = Un VPN, un proxy ou un réglage DNS venu d’un profil fait passer le trafic par le serveur de quelqu’un. La personne qui l’exploite voit quels sites sont utilisés.
    .innocent = Courant : téléphones de travail, écoles, services VPN et bloqueurs de publicité.
    .next = Demandez qui a installé le profil et à quel service il appartient. Si personne ne le sait, photographiez-le avant de le retirer.

ios-profile-managed = Le téléphone est géré à distance
    .why = La personne qui le gère peut installer des applications et des profils, lire certaines données et verrouiller ou effacer le téléphone à distance.
    .innocent = Très courant sur les téléphones d’une entreprise ou d’une école.
    .next = Demandez qui gère le téléphone. Si personne ne le sait, ne retirez pas encore la gestion et gardez cette acquisition. Pensez à la sécurité de la personne : un proche peut en abuser{ $survivors }. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

ios-profile-not-removable = Un profil de configuration ne peut pas être retiré par la personne
    .why = L’auteur du profil en décide. Ce qu’il règle reste en place jusqu’à ce qu’il le retire ou que le téléphone soit effacé.
    .innocent = Habituel sur les téléphones gérés par une entreprise, une école ou un parent.
    .next = Demandez qui gère le téléphone. Si personne ne le sait, photographiez le profil et n’effacez pas encore le téléphone. Pensez à la sécurité de la personne : un proche peut en abuser{ $survivors }.

ios-app-not-from-store = Une ou plusieurs applications n’ont pas de fiche App Store ordinaire
    .why = Des applications peuvent aussi venir d’une entreprise, d’un développeur ou d’un autre installateur. Des applications de surveillance pour iPhone ont été diffusées ainsi.
    .innocent = Courant : applications de travail, versions d’essai (TestFlight), applications construites par la personne, autres places de marché et sauvegardes incomplètes.
    .next = Parcourez la liste avec la personne. Si elle ne connaît pas une application, ne la supprimez pas encore et gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.
