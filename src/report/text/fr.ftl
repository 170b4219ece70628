# Les mots de l'interface. Chaque message existe dans toutes les langues ; les variables portent les mêmes noms.
# Simple, calme, court. Quelqu'un lit ceci à une personne effrayée : jamais « sain », jamais « infecté ».

## Haut de page

page-version = vigie { $version }
case-number = Dossier : { $case }
case-operator = Examen par : { $operator }
case-consent = Consentement : { $consent }
summary-heading = Résultats
short-heading = En bref
device-heading = Téléphone { $id }, { $name }
input-heading = Élément { $id }, { $name }
device-unknown = modèle inconnu
device-acquired = acquisition du { $when }
device-newest = dernière acquisition du { $when }
device-same-by = Ces acquisitions sont considérées comme celles d’un seul téléphone, car ceci y est identique : { $ground }.
identifier-udid = identifiant UDID
identifier-serial = numéro de série
note = Remarque : { $note }
label = { $name } :
list-separator = ,
sentence-separator =  ;
list-more = { $list } et { $n ->
    [one] un autre
   *[other] { $n } autres
}
# Où voir ce que la page laisse de côté.
where-written = dans page.txt
where-unwritten = à voir dans un rapport (option -o)
named-written = à voir dans findings.json
named-unwritten = à voir dans un rapport (option -o)
more-notes = { $n ->
    [one] Une autre remarque, { $where }.
   *[other] { $n } autres remarques, { $where }.
}
read-none = Aucun enregistrement n’a été lu.
read = Lu : { $records ->
    [one] un enregistrement
   *[other] { $records } enregistrements
} { $artifacts ->
    [one] d’un type
   *[other] de { $artifacts } types
}.
read-dated = Lu : { $records ->
    [one] un enregistrement
   *[other] { $records } enregistrements
} { $artifacts ->
    [one] d’un type
   *[other] de { $artifacts } types
}, du { $from } au { $to }.

## Types d'acquisition

kind-ios-backup = Sauvegarde iOS
kind-ios-backup-encrypted = Sauvegarde iOS chiffrée
kind-ios-backup-old = Sauvegarde iOS d’un ancien type
kind-ios-file-system = Copie du système de fichiers d’un iPhone
kind-sysdiagnose = Sysdiagnose d’un iPhone
kind-android-bugreport = Rapport de bug Android
kind-android-backup = Sauvegarde Android (.ab)
kind-android-file-system = Copie d’un système de fichiers Android
kind-androidqf = Collecte AndroidQF
kind-cellebrite = Acquisition faite avec les outils de Cellebrite
kind-archive = Fichier d’archive
kind-zip-truncated = Archive zip tronquée
kind-encrypted = Fichier chiffré
kind-empty = Fichier vide
kind-unreadable = Illisible
kind-unknown = Non reconnu

## Dates et emplacements

moment-utc = { $at } UTC
moment-local = { $at } (heure du téléphone)
moment-both = { $local } ({ $utc } UTC)
year-inferred = { $when } (l’année n’est pas écrite, elle a été déduite)
span = du { $from } au { $to }
locator-whole = fichier entier
locator-line = ligne { $n }
locator-offset = octet { $n }
locator-element = élément { $n }
locator-key = clé { $name }
locator-row = { $name }, enregistrement { $n }
locator-row-old = { $name }, enregistrement { $n } (une version plus ancienne)
locator-row-free = { $name }, enregistrement { $n } (supprimé)

## Verdicts

state-match = correspondance
state-suspicious = suspect
state-no-match = aucune correspondance
state-inconclusive = non concluant
state-invalid = non valable
verdict-label = Résultat :
first-away = D’abord : éloignez cette conversation du téléphone. Posez-le dans une autre pièce ; parlez de ceci et écrivez à ce sujet sur un autre appareil.
first-safety = D’abord : pensez à la sécurité. Une personne proche peut voir ce qui est fait sur ce téléphone et remarquer chaque changement. Parlez de ceci et écrivez à ce sujet sur un autre appareil, et ne changez rien pour l’instant.
verdict-match = des traces correspondent à un outil connu.
verdict-match-named = des traces correspondent à des outils connus : { $names }.
verdict-match-why = La plus forte : { $what } ({ $when }). Prenez cela comme un signe sérieux, pas comme une preuve définitive. Une personne experte devrait l’examiner.
verdict-match-why-watched = La plus forte : { $what } ({ $when }). C’est souvent connu et accepté ; le constat dit comment poser la question.
verdict-match-not-run = Rien de ce qui a été trouvé ne montre qu’un tel outil a fonctionné ou a été installé sur le téléphone.
verdict-match-do = Ne réinitialisez pas le téléphone, ne le mettez pas à jour, ne le jetez pas ; gardez cette acquisition. La suite est indiquée sous chaque constat.
verdict-suspicious = suspect. Quelque chose mérite d’être regardé de plus près.
verdict-suspicious-why = Aucune trace forte ne désigne un outil connu. Ce qui a été trouvé peut avoir des causes anodines ; elles sont indiquées sous chaque constat. Parcourez-les calmement avec la personne à qui est le téléphone, et gardez cette acquisition.
verdict-suspicious-strong = Au moins un constat pèse lourd : faites-le examiner par une personne experte, et d’ici là ne réinitialisez pas le téléphone et ne le mettez pas à jour.
verdict-no-match = aucune correspondance avec un outil connu dans ce qui a été examiné.
verdict-no-match-why = Tout ce que cette analyse y lit a été lu en entier, et rien d’important n’y correspond aux indicateurs et aux règles employés.
verdict-no-match-limits = Cela ne montre pas que le téléphone est exempt de logiciel espion. Un outil nouveau ou non publié, des traces effacées et ce que ce type d’acquisition ne contient pas restent invisibles.
verdict-no-match-do = Gardez cette acquisition : elle pourra être analysée de nouveau avec des indicateurs plus récents. S’il y a eu un avertissement d’Apple, de Google ou de WhatsApp, ou une autre raison de craindre une attaque, demandez tout de même l’aide d’experts.
verdict-inconclusive = pas de conclusion, car { $n ->
    [one] un élément n’a pas pu être lu en entier
   *[other] { $n } éléments n’ont pas pu être lus en entier
} : { $list }.
verdict-inconclusive-reason = pas de conclusion. { $reason }
verdict-inconclusive-why = Ce qui a pu être lu ne contient aucune correspondance importante. Cela ne suffit pas pour en dire plus : la trace peut se trouver dans ce qui manque. Ce qui manque, et ce qu’il faut faire, est indiqué plus bas.
verdict-invalid = rien n’a été examiné. { $reason }
verdict-invalid-plain = rien n’a été examiné.
verdict-invalid-why = Cela ne dit rien du téléphone, ni en bien ni en mal.
verdict-incomplete = L’analyse n’est pas complète ; n’ont pas pu être lus en entier : { $list }. Il peut y avoir plus que ce qui a été trouvé.
verdict-incomplete-plain = L’analyse n’est pas complète. Il peut y avoir plus que ce qui a été trouvé.

## Constats

findings-heading = Ce qui a été trouvé
findings-none = Aucun constat important.
findings-none-incomplete = Aucun constat important dans ce qui a pu être lu.
severity-critical = critique
severity-high = élevé
severity-medium = moyen
severity-low = faible
severity-info = info
context-executed = un programme a fonctionné
context-installed = un programme est ou a été installé
context-persisted = quelque chose est enregistré sur le téléphone
context-contacted = le téléphone a contacté une adresse
context-visited = une page a été ouverte
context-delivered = quelqu’un l’a envoyé au téléphone
context-configured = un réglage
context-sent = cela a été envoyé depuis le téléphone
context-mentioned = c’est mentionné
step-exact = valeur exacte
step-normalized = même valeur, autre graphie
step-host = hôte d’un lien
step-subdomain = sous un domaine connu
step-nested = lien dans un lien
step-in-text = dans un texte, ce qui pèse moins
step-truncated = nom tronqué, ce qui pèse moins
step-basename = nom de fichier d’un chemin
step-inside = dans un dossier connu
step-origin = désigné par un chemin
step-package = application d’un processus
step-rule = règle
event-when = { $n } traces de cet outil, réunies : { $when }
event-more = Ses autres traces :
event-left-out = { $n ->
    [one] Et une autre trace, { $where }.
   *[other] Et { $n } autres traces, { $where }.
}
finding-what = Quoi : { $context } ; vu dans { $artifact } ({ $count ->
    [one] un enregistrement
   *[other] { $count } enregistrements
}) ; { $when }
finding-undated = sans date
finding-where = Où : { $file }, { $locator } ({ $evidence })
finding-example = Où, par exemple : { $file }, { $locator } ({ $evidence })
finding-known = Indicateur de : { $sources }
finding-names = Concerne : { $list }
finding-rule = Règle : { $sources }
finding-source = { $name }, liste { $packs }
finding-how = Vu ainsi : { $step }
finding-expired = La date de fin donnée par l’éditeur de cet indicateur est passée.
finding-why = Pourquoi cela compte :
finding-innocent = Peut être anodin :
finding-next = À faire :
finding-as = comme au n° { $n }.
findings-more = { $n ->
    [one] Et un autre constat [{ $gravest }], dans page.txt.
   *[other] Et { $n } autres constats, le plus grave [{ $gravest }], dans page.txt.
}
findings-more-unwritten = { $n ->
    [one] Et un autre constat [{ $gravest }] ; écrivez un rapport avec -o pour le voir.
   *[other] Et { $n } autres constats, le plus grave [{ $gravest }] ; écrivez un rapport avec -o pour les voir.
}
findings-info = Aussi noté, sans importance en soi : { $list }.
unnamed-tool = non nommé
unnamed-source = un outil non nommé
rule-untold-why = La liste qui contient cette règle ne l’explique pas.
rule-untold-next = Demandez à l’auteur de la liste ce que signifie la règle.
help-addresses = { " " }: l’assistance en sécurité numérique d’Access Now (https://www.accessnow.org/help/) ou le Security Lab d’Amnesty (https://securitylab.amnesty.org/get-help/)
help-survivors = { " " }(https://stopstalkerware.org/fr/)

## Constats masqués

verdict-suppressed = { $n ->
    [one] Un constat ne compte pas ici, car un fichier de suppressions le masque ; il figure plus bas.
   *[other] { $n } constats ne comptent pas ici, car un fichier de suppressions les masque ; ils figurent plus bas.
}
suppressed-by = { $n ->
    [one] Un constat est masqué par { $file } et ne compte pas :
   *[other] { $n } constats sont masqués par { $file } et ne comptent pas :
}
suppressed-why = Raison donnée : { $reason }. Valable jusqu’au { $date }.
suppressed-more = { $n ->
    [one] Et un autre, { $where }.
   *[other] Et { $n } autres, { $where }.
}
suppress-expired = { $n ->
    [one] Une entrée de { $file } a passé sa date de fin et ne masque rien.
   *[other] { $n } entrées de { $file } ont passé leur date de fin et ne masquent rien.
}
suppress-expired-entry = La ligne { $line } a pris fin le { $date } et masquerait { $n ->
    [one] un constat qui compte maintenant
   *[other] { $n } constats qui comptent maintenant
} : { $about }

## Ce qui n'a pas pu être analysé

gaps-heading = Ce qui n’a pas pu être analysé
gaps-none = Tout ce qui s’y trouve et que cette analyse lit a été lu en entier.
gaps-needed = Perdu, ou absent alors que cela devrait être là :
gap = { $artifact } : { $status }. { $reason }
gap-beside = { $path } : { $reason }
gap-lost = { $n ->
    [one] Un enregistrement est perdu.
   *[other] { $n } enregistrements sont perdus.
}
gaps-more = { $n ->
    [one] Et une autre ligne de ce genre, { $where }.
   *[other] Et { $n } autres lignes de ce genre, { $where }.
}
gaps-normal = Pas dans cette acquisition, ce qui est souvent normal : { $list }.
status-parsed = lecture complète
status-empty = lecture complète, rien dedans
status-absent = pas dans cette acquisition
status-missing = mentionné, mais pas là
status-locked = accès verrouillé
status-not-applicable = pas attendu ici
status-partial = lecture partielle
status-failed = lecture impossible
advice-label = Que faire :

## Ce qui a été donné en plus

elsewhere-heading = Ce qui se trouve là en plus
elsewhere-incomplete = Tout ce qui a été donné n’a pas pu être examiné : dans son ensemble, cette analyse n’est pas complète.
elsewhere-more = { $n ->
    [one] Et un autre élément, { $where }.
   *[other] Et { $n } autres éléments, { $where }.
}
elsewhere-more-short = { $n ->
    [one] Et un autre élément.
   *[other] Et { $n } autres éléments.
}
elsewhere-counted = { $n ->
    [one] Un autre fichier n’est pas une acquisition et n’a pas été examiné
   *[other] { $n } autres fichiers ne sont pas des acquisitions et n’ont pas été examinés
} (images, vidéos, sons : { $media } ; textes et documents : { $documents } ; autres : { $others }).

## Que faire

todo-copy-or-acquire = copiez cette acquisition de nouveau depuis l’endroit où elle a été faite. Si cela ne change rien et que le téléphone est à portée de main, { $platform ->
    [ios] refaites une sauvegarde complète avec le chiffrement activé, déchiffrez-la et analysez le dossier déchiffré.
    [android] refaites un rapport de bug complet (Options pour les développeurs, Rapport de bug, Rapport complet), attendez qu’il soit terminé et analysez-le.
   *[other] refaites une acquisition et analysez-la.
}
todo-acquire = { $platform ->
    [ios] refaites une sauvegarde complète de l’iPhone avec le chiffrement activé, attendez qu’elle soit terminée, déchiffrez-la et analysez le dossier déchiffré.
    [android] refaites un rapport de bug complet sur le téléphone (Options pour les développeurs, Rapport de bug, Rapport complet), attendez qu’il soit terminé et analysez-le.
   *[other] refaites une acquisition du téléphone, attendez qu’elle soit terminée et analysez-la.
}
todo-acquire-encrypted = si la personne est d’accord : une sauvegarde avec le chiffrement activé contient aussi l’historique de Safari. Faites-en une, déchiffrez-la (par exemple avec mvt-ios decrypt-backup) et analysez aussi le dossier déchiffré.
todo-decrypt = demandez le mot de passe ou la clé, déchiffrez dans un nouveau dossier et analysez ce dossier. Pour une sauvegarde iOS, employez un outil qui les déchiffre, par exemple mvt-ios decrypt-backup.
todo-allow = donnez au programme le droit de lire cela. Sur macOS : Réglages Système, Confidentialité et sécurité, Accès complet au disque, pour le terminal. Ailleurs : lancez l’analyse avec le compte à qui sont les fichiers, ou copiez-les là où ils peuvent être lus.
todo-update = copiez l’acquisition de nouveau depuis l’endroit où elle a été faite. Si cela ne change rien, cherchez une version plus récente de vigie et signalez à ses auteurs la version du système du téléphone.
todo-by-hand = faites examiner cela à la main par une personne experte, avec ce rapport à côté.
todo-part = analysez un dossier après l’autre, ou indiquez l’acquisition elle-même.
todo-other = vigie lit les sauvegardes iOS non chiffrées ou déchiffrées (le dossier avec Manifest.db) et les rapports de bug Android (le zip, son dossier décompressé ou le texte). Si l’une de ces acquisitions se trouve là, indiquez son chemin. Si le téléphone est à portée de main, faites-en une. Pour les autres types, employez l’outil qui les lit.
todo-unpack = décompressez-le dans un nouveau dossier et analysez ce dossier.
todo-packs = chargez des indicateurs (-i), ou retirez --no-builtin.
todo-evidence = examinez un autre type d’acquisition de ce téléphone, ou laissez cette liste de côté.
todo-report = signalez aux auteurs de vigie ce que dit cette page, et la version employée.

## Indicateurs

indicators-heading = Comment l’analyse a été faite
class-mercenary = logiciels espions employés par des États
class-stalkerware = logiciels de surveillance installés par un proche
class-extraction = outils qui déverrouillent et copient des téléphones
class-links = liens et adresses
class-links-among = liens et adresses parmi ceux-ci
class-rules = réglages et traces inhabituels (règles)
class-count = { $class } ({ $n })
class-age = { $class } ({ $days } jours)
classes-sought = Recherché : { $list }.
classes-not-sought = Pas recherché, car aucune liste chargée n’en contient : { $list }.
classes-not-shown = Chargé, mais invisible dans ce type d’acquisition : { $list }.
classes-old = Inchangés depuis si longtemps avant cette acquisition qu’ils ignorent ce qui a été découvert depuis : { $list }. Procurez-vous-en de plus récents et analysez de nouveau.
indicators = Indicateurs et règles chargés : { $loaded }, issus { $packs ->
    [one] d’une liste
   *[other] de { $packs } listes
}. Peuvent apparaître dans ce type d’acquisition : { $applicable }.
indicators-unevaluated = { $n ->
    [one] Un autre n’a pas pu être évalué, { $named }.
   *[other] { $n } autres n’ont pas pu être évalués, { $named }.
}
indicators-unraised = { $n ->
    [one] Une règle pèse plus lourd pendant le temps où le téléphone n’était pas entre les mains de la personne. On ne peut pas encore dire à vigie quand c’était ; elle compte donc avec son poids plus faible.
   *[other] { $n } règles pèsent plus lourd pendant le temps où le téléphone n’était pas entre les mains de la personne. On ne peut pas encore dire à vigie quand c’était ; elles comptent donc avec leur poids plus faible.
}
indicators-expired = { $n ->
    [one] L’un d’eux a dépassé la date de fin donnée par son éditeur.
   *[other] { $n } ont dépassé la date de fin donnée par leur éditeur.
}
indicators-outside = { $n ->
    [one] Un enregistrement a été laissé de côté, car il est plus récent que la date de fin de son indicateur.
   *[other] { $n } enregistrements ont été laissés de côté, car ils sont plus récents que la date de fin de leur indicateur.
}
indicators-not-hits = Ces nombres disent combien de traces connues ont été cherchées, pas combien ont été trouvées.
indicators-none = Aucun indicateur n’a été chargé : on a seulement vérifié que l’acquisition peut être lue.
pack-problem = Liste { $pack } : { $problem }
pack-problems-more = Les listes ont { $n } autres problèmes ; « vigie packs list » avec les mêmes -i les nomme.

## Aide, et rapport

help-heading = Où trouver de l’aide
help-experts = Des experts, gratuitement et en toute confidentialité : assistance en sécurité numérique d’Access Now (https://www.accessnow.org/help/), Security Lab d’Amnesty (https://securitylab.amnesty.org/get-help/).
help-close = Quand une personne proche peut être en cause : https://stopstalkerware.org/fr/.
report-heading = Rapport
report-written = page.txt est cette page avec tous les constats, findings.json le rapport pour les programmes ; matches.jsonl, timeline.csv et records/ contiennent les détails. Ce sont des données privées, non chiffrées : gardez-les en lieu sûr.
report-unwritten = Rien n’a été écrit. Pour garder un rapport, relancez l’analyse avec -o DOSSIER.

swept = ce qu’une analyse interrompue avait laissé a été supprimé : { $path }

## Artefacts

artifact-android-appops = Usage des autorisations par les applications
artifact-android-getprop = Propriétés du système
artifact-android-packages = Applications installées
artifact-android-processes = Programmes en cours
artifact-android-settings = Réglages
artifact-android-tombstones = Rapports de plantage
artifact-ios-backup-info = Appareil et applications installées
artifact-ios-configuration-profiles = Profils de configuration
artifact-ios-datausage = Usage du réseau par programme
artifact-ios-manifest = Liste des fichiers de la sauvegarde
artifact-ios-safari-history = Historique de Safari
artifact-ios-sms = Messages (SMS, iMessage)
artifact-ios-tcc = Autorisations de confidentialité
artifact-ios-whatsapp = Messages WhatsApp

## Raisons : verdicts

reason-findings = Constats de gravité { $severity ->
    [critical] critique
    [high] élevée
    [medium] moyenne
    [low] faible
   *[info] info
} : { $count }.
reason-suppressed = Constats masqués par { $file } : { $count }.
reason-device = { $device } : { $state ->
    [match] correspondance
    [suspicious] suspect
    [no-match] aucune correspondance
    [inconclusive] non concluant
   *[invalid] non valable
}.
reason-unknown = Raison inconnue de cette version. (En anglais : { $text })
reason-pack-not-shown = Rien de { $path } ne peut apparaître dans ce type d’acquisition ; rien n’en a donc été cherché.
reason-no-indicators = Aucun indicateur n’a été chargé : rien n’a donc été cherché.
reason-pattern-undecided = Trop d’enregistrements correspondent à des parties d’un indicateur qui en lie plusieurs ; il n’est donc pas tranché : { $pattern }
reason-identity-contradicted = { $device } porte un même identifiant et diffère par un autre. L’une des deux copies a peut-être été modifiée. (En anglais : { $text })

## Raisons : ce qu'est une acquisition

reason-age-encrypted = C’est chiffré avec age ; le laboratoire qui l’a collecté en a la clé.
reason-archive-locked = L’archive contient des fichiers chiffrés. (En anglais : { $text })
reason-archive-unread = C’est une archive d’un type que vigie n’ouvre pas. (En anglais : { $text })
reason-backup-unfinished = La sauvegarde n’a pas été terminée : ce que le téléphone n’avait pas encore copié n’y est pas.
reason-damaged-file = C’est abîmé. (En anglais : { $text })
reason-dumpstate-missing = C’est un rapport de bug Android dont la partie principale manque.
reason-empty-dumpstate = C’est un rapport de bug Android sans contenu.
reason-empty-file = Le fichier est vide (0 octet) : l’acquisition a échoué ou n’a pas été copiée en entier.
reason-encrypted-backup = C’est une sauvegarde iOS chiffrée : sans son mot de passe, rien ne peut y être lu.
reason-link-not-followed = C’est un lien vers un autre endroit, et les liens ne sont pas suivis.
reason-looked-at-limit = Il y a plus de choses que vigie n’en parcourt. (En anglais : { $text })
reason-loose-file = C’est un fichier de téléphone sans l’acquisition dont il fait partie.
reason-manifest-empty = C’est une sauvegarde iOS dont la liste des fichiers (Manifest.db) est vide.
reason-manifest-missing = C’est une sauvegarde iOS sans sa liste des fichiers (Manifest.db) : on ne peut pas savoir ce que sont ses fichiers.
reason-manifest-unreadable = C’est une sauvegarde iOS dont la liste des fichiers est illisible. (En anglais : { $text })
reason-more-beside = { $count } autres choses qui se trouvent à côté n’ont pas été examinées.
reason-not-an-acquisition = Rien ici n’est une acquisition que vigie sait lire.
reason-not-read-yet = C’est une acquisition d’un type que vigie ne lit pas encore.
reason-old-backup = C’est une sauvegarde d’iOS 9 ou plus ancien (Manifest.mbdb), que vigie ne lit pas.
reason-status-unreadable = On ne peut pas savoir si la sauvegarde a été terminée. (En anglais : { $text })
reason-tool-output = C’est ce qu’un outil a produit, pas une acquisition. (En anglais : { $text })
reason-truncated-zip = C’est un zip tronqué. (En anglais : { $text })
reason-unreadable = Ouverture impossible. (En anglais : { $text })
reason-unreadable-folder = Ce dossier ne peut pas être ouvert ; ce qu’il contient n’a pas été regardé. (En anglais : { $text })
reason-unreadable-part = Une partie de l’acquisition ne peut pas être ouverte. (En anglais : { $text })

## Raisons : ce que contient une acquisition

reason-dumpstate-damaged = Le rapport de bug est abîmé ; il a été lu jusque-là. (En anglais : { $text })
reason-dumpstate-limit = Le rapport de bug est plus grand que ce qui est lu par prudence. (En anglais : { $text })
reason-duplicate-member = L’archive contient deux fichiers du même nom. (En anglais : { $text })
reason-empty-tombstones = Des rapports de plantage sont vides : le téléphone met de tels fichiers de côté. (En anglais : { $text })
reason-few-files-missing = { $missing } des { $listed } fichiers que la sauvegarde mentionne manquent. Aucun d’eux n’est lu ici.
reason-file-missing = L’acquisition mentionne ce fichier mais ne le contient pas.
reason-file-unlisted = Un fichier de la sauvegarde ne figure pas dans sa liste : d’autres peuvent y manquer aussi. Celui-ci a été lu quand même. (En anglais : { $text })
reason-files-missing = La sauvegarde n’est pas entière : { $missing } des { $listed } fichiers qu’elle mentionne manquent.
reason-locked = C’est chiffré ou protégé.
reason-main-entry-dangling = Le fichier désigné comme partie principale manque ; un autre a été lu. (En anglais : { $text })
reason-main-text-twice = Le texte principal s’y trouve plusieurs fois, et les exemplaires peuvent différer. (En anglais : { $text })
reason-manifest-damaged = La liste des fichiers de la sauvegarde est abîmée ; des fichiers peuvent se cacher dans la partie illisible.
reason-manifest-rows = Dans la liste des fichiers de la sauvegarde, { $count } noms et numéros ne vont pas ensemble : ils sont abîmés et peuvent cacher des fichiers.
reason-members-unlisted = L’archive est abîmée : elle compte plus de fichiers qu’elle n’en énumère.
reason-report-date-unreadable = La date du rapport n’en est pas une ; les durées ne peuvent donc pas être calculées. (En anglais : { $text })
reason-required-absent = Une acquisition entière de ce type le contient normalement.
reason-root-plist-damaged = L’une des listes de propriétés de la sauvegarde est abîmée. (En anglais : { $text })
reason-sections-limit = Le rapport de bug a plus de parties qu’on n’en lit. (En anglais : { $text })
reason-store-sealed = Les messages de { $app } sont là et ne peuvent pas être lus : aucune sauvegarde n’en contient la clé.
reason-unencrypted-backup = Cette sauvegarde a été faite sans chiffrement, et de telles sauvegardes ne le contiennent pas.

## Raisons : lecture

reason-blob-damaged = Les détails de certains fichiers sont illisibles. (En anglais : { $text })
reason-body-damaged = Le texte de certains messages n’a pas pu être lu en entier. (En anglais : { $text })
reason-body-odd = Le texte de certains messages est enregistré de façon inhabituelle ; des liens peuvent manquer. (En anglais : { $text })
reason-column-missing = Cette version du système n’écrit pas tout. (En anglais : { $text })
reason-components-limit = Il y a plus de programmes nommés qu’on n’en lit. (En anglais : { $text })
reason-deleted-process-unsure = À cause de dégâts, un nom de programme manquant n’est peut-être pas un signe ici.
reason-endpoints-limit = Il y a plus d’adresses qu’on n’en examine. (En anglais : { $text })
reason-entries-limit = Il y a plus d’entrées qu’on n’en lit. (En anglais : { $text })
reason-evidence = L’acquisition n’a pas livré le contenu du fichier. (En anglais : { $text })
reason-field-unreadable = Des valeurs sont là et n’ont pas pu être lues. (En anglais : { $text })
reason-format = Le contenu n’est pas celui qu’on attend là. (En anglais : { $text })
reason-frames-limit = Une partie d’un rapport de plantage a été laissée de côté. (En anglais : { $text })
reason-internal-error = vigie lui-même a échoué ici. (En anglais : { $text })
reason-io = La lecture s’est arrêtée sur une erreur. (En anglais : { $text })
reason-key-column-missing = C’est enregistré d’une façon que vigie ne connaît pas : le système est d’une autre version, ou le fichier est abîmé. (En anglais : { $text })
reason-key-missing = C’est enregistré d’une façon que vigie ne connaît pas : le système est d’une autre version, ou le fichier est abîmé. (En anglais : { $text })
reason-identity-mixed = Les fichiers de cette sauvegarde parlent de téléphones ou de versions différents : ils ont peut-être été assemblés. (En anglais : { $text })
reason-journal-hot = Des changements commencés n’ont jamais été terminés : des lignes peuvent manquer. (En anglais : { $text })
reason-limit = C’est plus grand que ce qui est lu par prudence. (En anglais : { $text })
reason-line-cut = Des lignes très longues ont été coupées. (En anglais : { $text })
reason-lines-not-understood = Certaines lignes n’ont pas été comprises ; aucune ne devrait contenir d’enregistrement. (En anglais : { $text })
reason-metadata-damaged = La fiche d’une application est abîmée. (En anglais : { $text })
reason-names-limit = Il y a plus de noms qu’on n’en garde. (En anglais : { $text })
reason-notes-limit = Il y a plus de remarques qu’on n’en garde. (En anglais : { $text })
reason-patch-level-unreadable = La date de la mise à jour de sécurité est illisible. (En anglais : { $text })
reason-permissions-limit = Il y a plus d’autorisations qu’on n’en lit. (En anglais : { $text })
reason-plist-damaged = Une liste de propriétés est abîmée. (En anglais : { $text })
reason-protobuf-unreadable = Une forme d’un rapport de plantage est illisible ; son texte a été lu. (En anglais : { $text })
reason-records-not-understood = Certains enregistrements n’ont pas été compris. (En anglais : { $text })
reason-rows-missing = Une table contient moins de lignes que son propre index n’en compte. (En anglais : { $text })
reason-section-failed = Le téléphone n’a pas pu écrire cette partie du rapport de bug.
reason-section-missing = La partie qui compte n’y est pas. (En anglais : { $text })
reason-section-timeout = Le téléphone a mis trop de temps à écrire cette partie du rapport de bug.
reason-section-unclosed = Cette partie du rapport de bug ne se termine pas comme les autres. (En anglais : { $text })
reason-sqlite = La base de données présente un défaut. (En anglais : { $text })
reason-sqlite-damage = La base de données est abîmée. (En anglais : { $text })
reason-table-missing = C’est enregistré d’une façon que vigie ne connaît pas : le système est d’une autre version, ou le fichier est abîmé. (En anglais : { $text })
reason-text-unreadable = Le texte d’un rapport de plantage est illisible ; son autre forme a été lue.
reason-tombstones-limit = Il y a plus de rapports de plantage qu’on n’en lit. (En anglais : { $text })
reason-truncated = Cela s’arrête trop tôt. (En anglais : { $text })
reason-url-missing = Certaines visites ont perdu leur adresse. (En anglais : { $text })
reason-wal-missing = Les entrées les plus récentes peuvent manquer : un fichier d’accompagnement n’est pas dans la sauvegarde.
reason-wal-short = Les entrées les plus récentes peuvent manquer : un fichier d’accompagnement est plus court dans la sauvegarde que sur le téléphone.

## Raisons : listes

reason-bundle-damaged = Le fichier de la liste s’arrête avant la fin ; ce qui précède a été chargé.
reason-date-unreadable = Une date de la liste est illisible. (En anglais : { $text })
reason-families-limit = Les listes nomment plus de logiciels qu’on n’en peut distinguer ; des indicateurs sont employés sans ce nom. (En anglais : { $text })
reason-innocent-twin = Un de ses indicateurs désigne aussi quelque chose d’ordinaire et est employé avec prudence. (En anglais : { $text })
reason-not-stix = Ce n’est pas une liste au format STIX. (En anglais : { $text })
reason-object-damaged = Une entrée de la liste est abîmée et a été laissée de côté. (En anglais : { $text })
reason-pack-file = Un de ses fichiers n’a pas pu être utilisé. (En anglais : { $text })
reason-pack-missing = Une liste nommée dans l’index n’est pas là. (En anglais : { $text })
reason-pattern-part = Une partie d’un indicateur ne peut jamais correspondre ; le reste est utilisé. (En anglais : { $text })
reason-platform-unknown = Une plateforme nommée dans la liste est inconnue ; les valeurs qui suivent ne sont pas employées. (En anglais : { $text })
reason-problems-limit = Il y a { $count } autres problèmes du genre { $kind }.
reason-property-ignored = Une partie d’une entrée de la liste a été ignorée. (En anglais : { $text })
reason-superseded = Les versions plus anciennes de ses indicateurs ne sont pas employées. (En anglais : { $text })
reason-value-assumed = Des valeurs ne disent pas ce qu’elles sont et sont cherchées comme tout ce qu’elles pourraient être. (En anglais : { $text })
