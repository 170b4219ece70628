# Les mots de l'interface. Chaque message existe dans toutes les langues ; les variables portent les mêmes noms.
# Simple, calme, court. Quelqu'un lit ceci à une personne effrayée : jamais « sain », jamais « infecté ».

## Haut de page

page-version = vigie { $version }
case-number = Dossier : { $case }
case-operator = Examen par : { $operator }
case-consent = Consentement : { $consent }
summary-heading = Résultats
device-heading = Téléphone { $id }
input-heading = Entrée { $id }
device-unknown = modèle inconnu
device-acquired = acquisition du { $when }
device-newest = dernière acquisition du { $when }
note = Remarque : { $note }
label = { $name } :
more-notes = { $n ->
    [one] Une autre remarque figure dans findings.json.
   *[other] { $n } autres remarques figurent dans findings.json.
}
read-none = Aucun enregistrement n’a été lu.
read = Lu : { $records ->
    [one] un enregistrement
   *[other] { $records } enregistrements
} de { $artifacts ->
    [one] un type
   *[other] { $artifacts } types
}.
read-dated = Lu : { $records ->
    [one] un enregistrement
   *[other] { $records } enregistrements
} de { $artifacts ->
    [one] un type
   *[other] { $artifacts } types
}, du { $from } au { $to }.

## Types d'acquisition

kind-ios-backup = Sauvegarde iOS
kind-ios-backup-encrypted = Sauvegarde iOS chiffrée
kind-ios-backup-old = Sauvegarde iOS d’un ancien type
kind-android-bugreport = Rapport de bug Android
kind-zip = Archive zip
kind-zip-truncated = Archive zip tronquée
kind-encrypted = Fichier chiffré
kind-empty = Fichier vide
kind-unreadable = Illisible
kind-unknown = Non reconnu

## Dates

phone-clock = heure du téléphone
span = du { $from } au { $to }

## Verdicts

state-match = correspondance
state-suspicious = suspect
state-no-match = aucune correspondance
state-inconclusive = non concluant
state-invalid = non valable
verdict-label = Résultat :
verdict-match = des traces correspondent à un outil connu.
verdict-match-named = des traces correspondent à ce que l’on connaît de { $names }.
verdict-match-why = La plus forte dit ceci : { $what }. Prenez cela comme un signe sérieux, pas comme une preuve définitive. Une personne experte doit l’examiner.
verdict-match-not-run = Rien de ce qui a été trouvé ne montre qu’un tel outil a fonctionné ou a été installé sur le téléphone.
verdict-match-do = Ne réinitialisez pas le téléphone, ne le mettez pas à jour, ne le jetez pas ; gardez cette acquisition. La suite est indiquée sous chaque constat.
verdict-match-safety = Si une personne proche a pu faire cela, pensez d’abord à la sécurité : elle peut remarquer un changement. Parlez-en depuis un autre appareil (https://stopstalkerware.org).
verdict-suspicious = suspect. Quelque chose mérite d’être regardé de plus près.
verdict-suspicious-why = Aucune trace forte ne désigne un outil connu. Ce qui a été trouvé peut avoir des causes anodines ; elles sont indiquées sous chaque constat. Parcourez-les calmement avec la personne à qui est le téléphone, et gardez cette acquisition.
verdict-suspicious-strong = Au moins un constat pèse lourd : faites-le examiner par une personne experte, et d’ici là ne réinitialisez pas le téléphone et ne le mettez pas à jour.
verdict-no-match = aucune correspondance avec un outil connu dans ce qui a été examiné.
verdict-no-match-why = Tout ce dont ce contrôle a besoin a pu être lu, et rien d’important n’y correspond aux indicateurs et aux règles employés.
verdict-no-match-limits = Cela ne montre pas que le téléphone est exempt de logiciel espion. Un outil nouveau ou non publié, des traces effacées et ce que ce type d’acquisition ne contient pas restent invisibles.
verdict-nothing-applicable = Aucun des indicateurs et règles chargés ne pouvait apparaître dans ce type d’acquisition ; ce résultat ne dit donc presque rien.
verdict-no-match-do = Gardez cette acquisition : elle pourra être contrôlée de nouveau avec des indicateurs plus récents. S’il y a eu un avertissement d’Apple, de Google ou de WhatsApp, ou une autre raison de craindre une attaque, demandez tout de même l’aide d’experts : l’assistance en sécurité numérique d’Access Now (https://www.accessnow.org/help/).
verdict-inconclusive = pas de conclusion, car { $n ->
    [one] un élément nécessaire n’a pas pu être lu en entier
   *[other] { $n } éléments nécessaires n’ont pas pu être lus en entier
} : { $list }.
verdict-inconclusive-reason = pas de conclusion. { $reason }
verdict-inconclusive-plain = pas de conclusion, car trop peu a pu être lu.
verdict-inconclusive-why = Ce qui a pu être lu ne contient aucune correspondance importante. Cela ne suffit pas pour en dire plus : la trace peut se trouver dans ce qui manque. La marche à suivre est indiquée plus bas.
verdict-invalid = rien n’a été examiné. { $reason }
verdict-invalid-plain = rien n’a été examiné.
verdict-invalid-why = Cela ne dit rien du téléphone, ni en bien ni en mal.
verdict-incomplete = Le contrôle n’est pas complet ; n’ont pas pu être lus en entier : { $list }. Il peut y avoir plus que ce qui a été trouvé.
verdict-incomplete-plain = Le contrôle n’est pas complet. Il peut y avoir plus que ce qui a été trouvé.
list-more = { $list } et { $n } de plus

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
step-package = paquet d’un processus
step-rule = règle
finding-what = Quoi : { $context } ; { $count ->
    [one] une fois
   *[other] { $count } fois
} dans { $artifact } ; { $when }
finding-undated = sans date
finding-where = Où : { $file }, { $locator } ({ $evidence })
finding-example = Où, par exemple : { $file }, { $locator } ({ $evidence })
finding-known = Connu par : { $sources }
finding-rule = Règle : { $sources }
finding-source = { $name }, paquet { $packs }
finding-how = Vu comme : { $step }
finding-expired = La date de fin donnée par l’éditeur de cet indicateur est passée.
finding-innocent = Peut être anodin :
finding-innocent-as = Peut être anodin : comme au n° { $n }.
finding-next = À faire :
finding-next-as = À faire : comme au n° { $n }.
findings-more = { $n ->
    [one] Et un autre dans findings.json.
   *[other] Et { $n } autres dans findings.json.
}
findings-more-unwritten = { $n ->
    [one] Et un autre ; écrivez un rapport avec -o pour le voir.
   *[other] Et { $n } autres ; écrivez un rapport avec -o pour les voir.
}
findings-info = Aussi noté, sans importance en soi : { $list }.
unnamed-tool = l’outil (non nommé)

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
    [one] Et un autre dans findings.json.
   *[other] Et { $n } autres dans findings.json.
}
suppress-expired = { $n ->
    [one] Une entrée de { $file } a passé sa date de fin et ne masque rien.
   *[other] { $n } entrées de { $file } ont passé leur date de fin et ne masquent rien.
}
suppress-expired-entry = La ligne { $line } a pris fin le { $date } et masquerait { $n ->
    [one] un constat qui compte maintenant
   *[other] { $n } constats qui comptent maintenant
} : { $about }

## Ce qui n'a pas pu être contrôlé

gaps-heading = Ce qui n’a pas pu être contrôlé
gaps-none = Tout ce dont ce contrôle a besoin a été lu en entier.
gaps-needed = Nécessaire pour un résultat :
gaps-other = Moins important :
gap = { $artifact } : { $status }. { $reason }
gap-plain = { $artifact } : { $status }.
gap-lost = { $n ->
    [one] Un enregistrement est perdu.
   *[other] { $n } enregistrements sont perdus.
}
gaps-more = { $n ->
    [one] Et une autre ligne de ce genre dans findings.json.
   *[other] Et { $n } autres lignes de ce genre dans findings.json.
}
gaps-normal = Pas dans cette acquisition, ce qui est souvent normal : { $list }.
status-parsed = lecture complète
status-empty = lecture complète, rien dedans
status-absent = pas dans cette acquisition
status-locked = accès verrouillé
status-not-applicable = pas attendu ici
status-partial = lecture partielle
status-failed = lecture impossible
advice-label = Que faire :
advice-absent-ios = refaites une sauvegarde complète de l’iPhone, avec le chiffrement activé : elle contient plus qu’une sauvegarde non chiffrée.
advice-absent-android = refaites un rapport de bug complet sur le téléphone (Options pour les développeurs, Rapport de bug, Rapport complet), et attendez qu’il soit terminé.
advice-locked = demandez le mot de passe à la personne à qui est le téléphone, déchiffrez l’acquisition et relancez le contrôle.
advice-partial = ce qui a été lu compte. Copiez de nouveau l’acquisition ou, si le téléphone est encore là, refaites-en une.
advice-failed = copiez de nouveau l’acquisition depuis l’endroit où elle a été faite. Si elle reste illisible, refaites-en une.
advice-invalid = indiquez le bon fichier ou dossier, ou refaites une acquisition, et relancez le contrôle.

## Indicateurs

indicators-heading = Comment le contrôle a été fait
indicators = Marques connues recherchées (indicateurs et règles) : { $loaded }, issues de { $packs ->
    [one] un paquet
   *[other] { $packs } paquets
}. Peuvent apparaître dans ce type d’acquisition : { $applicable }.
indicators-unevaluated = { $n ->
    [one] Une autre n’a pas pu être évaluée ; le rapport la nomme.
   *[other] { $n } autres n’ont pas pu être évaluées ; le rapport les nomme.
}
indicators-expired = { $n ->
    [one] Une a dépassé la date de fin donnée par son éditeur.
   *[other] { $n } ont dépassé la date de fin donnée par leur éditeur.
}
indicators-outside = { $n ->
    [one] Un enregistrement a été laissé de côté, car il est plus récent que la date de fin de son indicateur.
   *[other] { $n } enregistrements ont été laissés de côté, car ils sont plus récents que la date de fin de leur indicateur.
}
indicators-stale = Les plus récents datent de { $days } jours avant cette acquisition. Ils ignorent ce qui a été découvert depuis : procurez-vous-en de plus récents (vigie packs update) et vérifiez de nouveau.
indicators-not-hits = Ces nombres disent combien de marques ont été cherchées, pas combien ont été trouvées.
indicators-none = Aucun indicateur n’a été chargé : on a seulement vérifié que l’acquisition peut être lue.
pack-problem = Paquet { $pack } : { $problem }
pack-problems-more = Les paquets ont { $n } autres problèmes ; « vigie packs list » avec les mêmes -i les nomme.

## Le rapport

report-heading = Rapport
report-written = findings.json est le rapport ; matches.jsonl, timeline.csv et records/ contiennent les détails. Ce sont des données privées, non chiffrées : gardez-les en lieu sûr.
report-unwritten = Rien n’a été écrit. Pour garder un rapport, relancez le contrôle avec -o DOSSIER.

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
    [high] élevé
    [medium] moyen
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
reason-required-absent = Un élément nécessaire n’est pas dans l’acquisition. (En anglais : { $text })
reason-required-missing = L’acquisition mentionne un fichier qu’elle ne contient pas. (En anglais : { $text })
reason-required-locked = Un élément nécessaire est chiffré ou protégé. (En anglais : { $text })
reason-required-partial = Un élément nécessaire n’a été lu qu’en partie. (En anglais : { $text })
reason-required-failed = Un élément nécessaire n’a pas pu être lu. (En anglais : { $text })

## Raisons : acquisitions

reason-unreadable = Lecture impossible. Vérifiez que le chemin est juste et accessible, ou copiez de nouveau l’acquisition. (En anglais : { $text })
reason-not-an-acquisition = Ce n’est pas une acquisition que vigie sait lire. Il lit les sauvegardes iOS déchiffrées (le dossier avec Manifest.db) et les rapports de bug Android (le zip, son dossier décompressé ou le texte dumpstate). Indiquez ce fichier ou ce dossier lui-même.
reason-encrypted-backup = C’est une sauvegarde iOS chiffrée : sans son mot de passe, rien ne peut y être lu. Déchiffrez-la dans un nouveau dossier avec un outil qui lit les sauvegardes iOS, puis contrôlez ce dossier.
reason-old-backup = C’est une sauvegarde d’iOS 9 ou plus ancien (Manifest.mbdb), que vigie ne lit pas. Refaites une sauvegarde du téléphone.
reason-manifest-empty = C’est une sauvegarde iOS dont la liste des fichiers (Manifest.db) est vide. Copiez de nouveau la sauvegarde depuis l’ordinateur qui l’a faite.
reason-manifest-unreadable = C’est une sauvegarde iOS dont la liste des fichiers est illisible. Copiez de nouveau la sauvegarde ou refaites-en une. (En anglais : { $text })
reason-manifest-damaged = La liste des fichiers de la sauvegarde est abîmée ; des fichiers peuvent se cacher dans la partie illisible.
reason-empty-file = Le fichier est vide (0 octet) : l’acquisition a échoué ou n’a pas été copiée en entier. Copiez-la de nouveau ou refaites-en une.
reason-age-encrypted = Ce fichier est chiffré avec age. Déchiffrez-le d’abord avec la clé du laboratoire, puis contrôlez ce qui en sort.
reason-truncated-zip = Ce zip est tronqué. Copiez-le de nouveau ou refaites un rapport de bug. (En anglais : { $text })
reason-no-dumpstate = Il ne contient pas de dumpstate Android ; ce n’est donc pas un rapport de bug que vigie sait lire. Indiquez le zip du rapport de bug lui-même, ou refaites-en un.
reason-empty-dumpstate = C’est un rapport de bug Android sans contenu. Refaites un rapport de bug sur le téléphone.
reason-dumpstate-missing = C’est un rapport de bug Android dont la partie principale manque. Copiez de nouveau le rapport entier.
reason-dumpstate-damaged = Le rapport de bug est abîmé ; il a été lu jusque-là. (En anglais : { $text })
reason-duplicate-member = L’archive contient deux fichiers du même nom ; le premier a été lu. (En anglais : { $text })
reason-main-entry-dangling = Le fichier désigné comme partie principale manque ; un autre a été lu. (En anglais : { $text })
reason-nested-archive = Le rapport de bug se trouve dans une archive à l’intérieur de l’archive.
reason-unencrypted-backup = Cette sauvegarde a été faite sans chiffrement, et de telles sauvegardes ne le contiennent pas. Refaites une sauvegarde avec le chiffrement activé.

## Raisons : lecture

reason-bundle-damaged = Le fichier du paquet s’arrête avant la fin ; ce qui précède a été chargé.
reason-date-unreadable = Une date du paquet est illisible. (En anglais : { $text })
reason-endpoints-limit = Il y a plus d’adresses qu’on n’en examine. (En anglais : { $text })
reason-not-stix = Ce n’est pas un paquet STIX. (En anglais : { $text })
reason-object-damaged = Une entrée du paquet est abîmée et a été laissée de côté. (En anglais : { $text })
reason-property-ignored = Une partie d’une entrée du paquet a été ignorée. (En anglais : { $text })
reason-files-missing = La sauvegarde n’est pas entière : { $missing } des { $listed } fichiers qu’elle mentionne manquent. Copiez-la de nouveau depuis l’ordinateur qui l’a faite.
reason-file-unlisted = Un fichier de la sauvegarde ne figure pas dans sa liste ; il a été lu quand même. (En anglais : { $text })
reason-locked = C’est chiffré ou protégé.
reason-innocent-twin = Un de ses indicateurs désigne aussi quelque chose d’ordinaire et est employé avec prudence. (En anglais : { $text })
reason-file-missing = L’acquisition mentionne ce fichier mais ne le contient pas.
reason-evidence = L’acquisition n’a pas livré le contenu du fichier. (En anglais : { $text })
reason-io = La lecture s’est arrêtée sur une erreur. (En anglais : { $text })
reason-sqlite = La base de données présente un défaut. (En anglais : { $text })
reason-sqlite-damage = La base de données est abîmée ; ce qui est hors de la partie abîmée a été lu. (En anglais : { $text })
reason-format = Le contenu n’est pas celui qu’on attend là. (En anglais : { $text })
reason-section-missing = La partie qui compte n’y est pas. (En anglais : { $text })
reason-section-timeout = Le téléphone a mis trop de temps à écrire cette partie du rapport de bug.
reason-section-failed = Le téléphone n’a pas pu écrire cette partie du rapport de bug.
reason-limit = C’est plus grand que ce qui est lu par prudence. (En anglais : { $text })
reason-internal-error = vigie lui-même a échoué ici. Merci de le signaler. (En anglais : { $text })
reason-truncated = Cela s’arrête trop tôt.
reason-line-cut = Des lignes très longues ont été coupées. (En anglais : { $text })
reason-lines-not-understood = Certaines lignes n’ont pas été comprises. (En anglais : { $text })
reason-entries-limit = Il y a plus d’entrées qu’on n’en lit. (En anglais : { $text })
reason-permissions-limit = Il y a plus d’autorisations qu’on n’en lit. (En anglais : { $text })
reason-components-limit = Il y a plus de programmes nommés qu’on n’en lit. (En anglais : { $text })
reason-tombstones-limit = Il y a plus de rapports de plantage qu’on n’en lit. (En anglais : { $text })
reason-frames-limit = Une partie d’un rapport de plantage a été laissée de côté. (En anglais : { $text })
reason-text-unreadable = Le texte d’un rapport de plantage est illisible ; son autre forme a été lue.
reason-protobuf-unreadable = Une forme d’un rapport de plantage est illisible ; son texte a été lu. (En anglais : { $text })
reason-patch-level-unreadable = La date de la mise à jour de sécurité est illisible. (En anglais : { $text })
reason-plist-damaged = Un fichier de réglages est abîmé. (En anglais : { $text })
reason-members-unlisted = L’archive est endommagée : elle compte plus de fichiers qu’elle n’en énumère.
reason-metadata-damaged = La fiche d’une application est abîmée. (En anglais : { $text })
reason-blob-damaged = Les détails de certains fichiers sont illisibles. (En anglais : { $text })
reason-body-damaged = Le texte de certains messages n’a pas pu être lu en entier. (En anglais : { $text })
reason-url-missing = Certaines visites ont perdu leur adresse. (En anglais : { $text })
reason-wal-missing = Les entrées les plus récentes peuvent manquer : un fichier d’accompagnement n’est pas dans la sauvegarde.
reason-wal-short = Les entrées les plus récentes peuvent manquer : un fichier d’accompagnement est plus court dans la sauvegarde que sur le téléphone.
reason-column-missing = Cette version du système n’écrit pas tout. (En anglais : { $text })
reason-deleted-process-unsure = À cause de dégâts, un nom de programme manquant n’est peut-être pas un signe ici.
reason-pack-file = Un de ses fichiers n’a pas pu être utilisé. (En anglais : { $text })
reason-pattern-part = Une partie d’un indicateur ne peut jamais correspondre ; le reste est utilisé. (En anglais : { $text })
reason-pattern-undecided = Trop d’enregistrements correspondent à des parties d’un indicateur qui en lie plusieurs ; il n’est donc pas tranché : { $pattern }
reason-pack-missing = Un paquet nommé dans l’index n’est pas là. (En anglais : { $text })
reason-families-limit = Les paquets nomment plus de logiciels qu’on n’en peut distinguer ; des indicateurs sont employés sans ce nom. (En anglais : { $text })
reason-no-indicators = Aucun indicateur n’a été chargé : rien n’a donc été cherché.
reason-platform-unknown = Une plateforme nommée dans le paquet est inconnue ; les valeurs qui suivent ne sont pas employées. (En anglais : { $text })
reason-problems-limit = Il y a { $count } autres problèmes du genre { $kind }.
reason-superseded = Les versions plus anciennes de ses indicateurs ne sont pas employées. (En anglais : { $text })
reason-value-assumed = Des valeurs ne disent pas ce qu’elles sont et sont cherchées comme tout ce qu’elles pourraient être. (En anglais : { $text })
