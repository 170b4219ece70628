# Textes des règles de rules.toml.

rooting-app-installed = Un outil de root est installé
    .why = Un tel outil donne à des applications tous les droits sur le téléphone, ou cache qu’elles les ont. La séparation entre applications ne tient plus. Un logiciel espion peut s’en servir.
    .innocent = Beaucoup d’amateurs rootent leur propre téléphone ou installent un autre système.
    .next = Demandez si la personne a rooté le téléphone. Sinon, ne supprimez pas encore l’outil. Demandez quand le téléphone n’était pas entre ses mains. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

rooting-tool-running = Un programme qui donne tous les droits était en marche
    .why = Ce programme distribue tous les droits sur le téléphone, ou permet de regarder à l’intérieur des applications. Il tournait quand le rapport a été fait.
    .innocent = Beaucoup d’amateurs rootent leur propre téléphone. Des testeurs d’applications utilisent de tels outils.
    .next = Demandez si la personne a rooté le téléphone. Sinon, ne le redémarrez pas encore. Demandez quand il n’était pas entre ses mains. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.
