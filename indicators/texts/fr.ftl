# Textes des correspondances d'indicateurs, un message par classe de liste et par contexte : hit-<classe>-<contexte>.
# Variables : {$malware} le nom de l'outil, {$value} ce qui a correspondu, {$artifact} où.

## Logiciels espions du type employé par des États

hit-mercenary-executed = Des signes laissent penser que l’outil {$malware} a fonctionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Le téléphone a lui-même noté qu’un programme portant ce nom connu était actif. C’est l’une des traces les plus fortes qui soient.
    .innocent = Rare. Un programme ordinaire peut avoir le même nom ou un nom très proche. Une personne experte doit regarder la date, le chemin et ce qui l’entoure.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne réinitialisez pas le téléphone, ne le mettez pas à jour, ne le redémarrez pas ; gardez cette acquisition. N’en parlez ni sur ce téléphone ni près de lui. Demandez l’aide d’experts{ $help }.

hit-mercenary-installed = Des signes laissent penser que l’outil {$malware} est ou a été installé : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Les registres du téléphone nomment cette application. Une application qui est ou a été sur le téléphone pèse bien plus qu’un lien dans un message.
    .innocent = Rare. Une autre application peut avoir le même nom. Sur un téléphone de recherche ou d’essai, elle peut être là exprès.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne supprimez pas l’application. Ne réinitialisez pas le téléphone et ne le mettez pas à jour ; gardez cette acquisition. N’en parlez ni sur ce téléphone ni près de lui. Demandez l’aide d’experts{ $help }.

hit-mercenary-persisted = Une trace de l’outil {$malware} est enregistrée sur ce téléphone : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Un fichier, un profil ou une entrée de ce nom connu se trouve dans la mémoire du téléphone. Un programme ou une personne l’y a mis.
    .innocent = Un autre programme peut laisser un fichier du même nom. Une sauvegarde restaurée peut apporter d’anciens fichiers d’un téléphone précédent.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne supprimez rien. Ne réinitialisez pas le téléphone et ne le mettez pas à jour ; gardez cette acquisition. Demandez l’aide d’experts{ $help }.

hit-mercenary-contacted = Ce téléphone a contacté une adresse associée à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Le téléphone a échangé des données, ou essayé, avec une adresse connue comme étant utilisée par cet outil. Un programme du téléphone a pu le faire à l’insu de son propriétaire.
    .innocent = L’adresse appartient peut-être à quelqu’un d’autre aujourd’hui, ou plusieurs sites la partagent. Des applications de sécurité et des chercheurs contactent aussi de telles adresses.
    .next = Cherchez quelle application a établi le contact, et quand. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Demandez l’aide d’experts{ $help }.

hit-mercenary-visited = Une page associée à l’outil {$malware} a été ouverte : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Le navigateur a noté cette page. Une visite peut être le début d’une attaque. Elle ne dit pas qu’une attaque a réussi.
    .innocent = Un lien dans un article de presse, la curiosité, une recherche ou une publicité. Le site a pu changer de mains depuis.
    .next = N’ouvrez pas la page à nouveau. Demandez à la personne ce dont elle se souvient de ce moment et cherchez d’autres traces de la même période. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Demandez l’aide d’experts{ $help }.

hit-mercenary-delivered = Quelqu’un a envoyé à ce téléphone un élément associé à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Un message contenant ce lien, ce fichier ou cet expéditeur connu est arrivé sur le téléphone. Quelqu’un a peut-être tenté quelque chose. Cela ne montre pas que le lien a été ouvert ni qu’un programme a tourné.
    .innocent = Les messages indésirables et les envois en masse touchent beaucoup de monde. Un ami a pu transmettre un lien en guise d’avertissement. Le site a pu changer de mains depuis.
    .next = N’ouvrez ni le lien ni le fichier. Gardez le message et photographiez-le. Cherchez d’autres traces de la même période. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Demandez l’aide d’experts{ $help }.

hit-mercenary-configured = Un réglage associé à l’outil {$malware} a été observé : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Un réglage ou un profil porte une valeur connue de cet outil. Un programme, une personne ou un employeur peut modifier des réglages.
    .innocent = Un profil de travail ou d’école, une sauvegarde restaurée ou un essai peuvent laisser le même réglage.
    .next = Photographiez le réglage et demandez qui l’a fait, avant de changer quoi que ce soit. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-mercenary-sent = Un élément associé à l’outil {$malware} a été envoyé depuis ce téléphone : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. L’envoi est parti de ce téléphone. On transmet souvent un lien suspect pour prévenir quelqu’un ou demander de l’aide. Cela ne montre pas qu’un programme a tourné.
    .innocent = Le plus souvent, la personne a transmis un lien pour prévenir quelqu’un ou demander conseil.
    .next = Demandez pourquoi cela a été envoyé et d’où cela venait, puis cherchez le message d’origine. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-mercenary-mentioned = Un élément associé à l’outil {$malware} est mentionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est un logiciel espion du type de ceux que des États emploient contre des personnes choisies. Le nom ou l’adresse figure dans un texte, une liste ou un cache. À lui seul, cela ne montre pas que quelque chose a été ouvert ni qu’un programme a tourné.
    .innocent = Un article de presse, un conseil de sécurité, une liste de sites bloqués ou une conversation sur les logiciels espions. C’est courant.
    .next = Lisez l’enregistrement et ce qui l’entoure. Demandez à la personne si elle le connaît. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

## Outils d'extraction

hit-extraction-executed = Des signes laissent penser que l’outil {$malware} a été à l’œuvre sur ce téléphone : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Le téléphone a noté qu’un programme portant un nom connu de cet outil était actif. C’est l’une des traces les plus fortes qui soient.
    .innocent = Un atelier de réparation, un transfert de données en boutique ou un examen accepté par la personne. Une autre application peut avoir le même nom.
    .next = Notez quand le téléphone n’était pas entre les mains de la personne et qui l’avait. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Partez du principe que le contenu a pu être copié : depuis un autre appareil, changez les mots de passe et prévenez les personnes concernées. Demandez l’aide d’experts{ $help }.

hit-extraction-installed = Signes d’une application auxiliaire de l’outil {$malware} : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Un tel outil place souvent une petite application sur le téléphone pour un court moment, puis la retire. Les registres du téléphone la nomment encore.
    .innocent = Un atelier de réparation, un transfert de données en boutique ou un examen accepté par la personne. Une autre application peut avoir un nom proche.
    .next = Notez quand le téléphone n’était pas entre les mains de la personne et qui l’avait. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Partez du principe que le contenu a pu être copié : depuis un autre appareil, changez les mots de passe et prévenez les personnes concernées. Demandez l’aide d’experts{ $help }.

hit-extraction-persisted = Une trace de connexion avec l’outil {$malware} est enregistrée : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Le téléphone garde la trace d’un appareil qui se présente comme le fait cet outil.
    .innocent = Un atelier de réparation, un transfert de données en boutique ou un examen accepté par la personne. D’anciens appairages peuvent venir d’un téléphone précédent.
    .next = Notez quand le téléphone n’était pas entre les mains de la personne et qui l’avait. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Partez du principe que le contenu a pu être copié : depuis un autre appareil, changez les mots de passe et prévenez les personnes concernées. Demandez l’aide d’experts{ $help }.

hit-extraction-contacted = Signes d’une connexion avec l’outil {$malware} : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Le téléphone a noté qu’il était relié à un appareil ou à une adresse associés à cet outil.
    .innocent = Un atelier de réparation, un transfert de données en boutique ou un examen accepté par la personne.
    .next = Notez quand le téléphone n’était pas entre les mains de la personne et qui l’avait. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Partez du principe que le contenu a pu être copié : depuis un autre appareil, changez les mots de passe et prévenez les personnes concernées. Demandez l’aide d’experts{ $help }.

hit-extraction-visited = Une page associée à l’outil {$malware} a été ouverte : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Le navigateur a noté une page associée à cet outil. Lire une page à son sujet ne veut pas dire qu’il a été utilisé sur ce téléphone.
    .innocent = Un lien dans un article de presse, la curiosité, une recherche ou une publicité. Le site a pu changer de mains depuis.
    .next = N’ouvrez pas la page à nouveau. Demandez à la personne ce dont elle se souvient de ce moment et cherchez d’autres traces de la même période. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-extraction-delivered = Quelqu’un a envoyé à ce téléphone un élément associé à l’outil {$malware} : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Un élément portant son nom ou son adresse connus est arrivé sur le téléphone. Cela seul ne veut pas dire que l’outil y a été utilisé.
    .innocent = Les messages indésirables et les envois en masse touchent beaucoup de monde. Un ami a pu transmettre un lien en guise d’avertissement. Le site a pu changer de mains depuis.
    .next = N’ouvrez ni le lien ni le fichier. Gardez le message et photographiez-le. Cherchez d’autres traces de la même période. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-extraction-configured = Un réglage associé à l’outil {$malware} a été observé : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Un réglage ou un profil porte une valeur connue de cet outil. Un programme, une personne ou un employeur peut modifier des réglages.
    .innocent = Un profil de travail ou d’école, une sauvegarde restaurée ou un essai peuvent laisser le même réglage.
    .next = Photographiez le réglage et demandez qui l’a fait, avant de changer quoi que ce soit. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-extraction-sent = Un élément associé à l’outil {$malware} a été envoyé depuis ce téléphone : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. L’envoi est parti de ce téléphone. On transmet souvent un lien suspect pour prévenir quelqu’un ou demander de l’aide. Cela ne montre pas qu’un programme a tourné.
    .innocent = Le plus souvent, la personne a transmis un lien pour prévenir quelqu’un ou demander conseil.
    .next = Demandez pourquoi cela a été envoyé et d’où cela venait, puis cherchez le message d’origine. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-extraction-mentioned = Un élément associé à l’outil {$malware} est mentionné sur ce téléphone : {$value}
    .why = L’outil {$malware} sert à déverrouiller des téléphones et à copier leur contenu. La personne qui l’utilise a le téléphone en main. Le nom ou l’adresse figure dans un texte, une liste ou un cache. À lui seul, cela ne montre pas que quelque chose a été ouvert ni qu’un programme a tourné.
    .innocent = Un article de presse, un conseil de sécurité, une liste de sites bloqués ou une conversation sur les logiciels espions. C’est courant.
    .next = Lisez l’enregistrement et ce qui l’entoure. Demandez à la personne si elle le connaît. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

## Logiciels espions cachés vendus aux particuliers

hit-stalkerware-executed = Des signes laissent penser que l’outil {$malware} a fonctionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Le téléphone a lui-même noté qu’un programme portant ce nom connu était actif. C’est l’une des traces les plus fortes qui soient.
    .innocent = Rare. Un programme ordinaire peut avoir le même nom ou un nom très proche. Une personne experte doit regarder la date, le chemin et ce qui l’entoure.
    .next = Pensez d’abord à la sécurité : la personne qui l’a installé peut remarquer qu’il est retiré ou que le téléphone change. Ne supprimez et ne réinitialisez rien pour l’instant ; gardez cette acquisition. Préparez la suite depuis un autre appareil, sûr. Cherchez des conseils et un soutien près de chez vous{ $survivors }. En cas de danger immédiat, appelez le numéro d’urgence local.

hit-stalkerware-installed = Des signes laissent penser que l’outil {$malware} est ou a été installé : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Les registres du téléphone nomment cette application. Une application qui est ou a été sur le téléphone pèse bien plus qu’un lien dans un message.
    .innocent = La personne l’a peut-être installée pour retrouver un téléphone perdu ou pour la famille, puis oubliée. Une autre application peut avoir le même nom.
    .next = Pensez d’abord à la sécurité : la personne qui l’a installé peut remarquer qu’il est retiré ou que le téléphone change. Ne supprimez et ne réinitialisez rien pour l’instant ; gardez cette acquisition. Préparez la suite depuis un autre appareil, sûr. Cherchez des conseils et un soutien près de chez vous{ $survivors }. En cas de danger immédiat, appelez le numéro d’urgence local.

hit-stalkerware-persisted = Une trace de l’outil {$malware} est enregistrée sur ce téléphone : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Un fichier, un profil ou une entrée de ce nom connu se trouve dans la mémoire du téléphone. Un programme ou une personne l’y a mis.
    .innocent = Un autre programme peut laisser un fichier du même nom. Une sauvegarde restaurée peut apporter d’anciens fichiers d’un téléphone précédent.
    .next = Pensez d’abord à la sécurité : la personne qui l’a installé peut remarquer qu’il est retiré ou que le téléphone change. Ne supprimez et ne réinitialisez rien pour l’instant ; gardez cette acquisition. Préparez la suite depuis un autre appareil, sûr. Cherchez des conseils et un soutien près de chez vous{ $survivors }. En cas de danger immédiat, appelez le numéro d’urgence local.

hit-stalkerware-contacted = Ce téléphone a contacté une adresse associée à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Le téléphone a échangé des données, ou essayé, avec une adresse connue comme étant utilisée par cet outil. Un programme du téléphone a pu le faire à l’insu de son propriétaire.
    .innocent = L’adresse appartient peut-être à quelqu’un d’autre aujourd’hui, ou plusieurs sites la partagent. Des applications de sécurité et des chercheurs contactent aussi de telles adresses.
    .next = Pensez d’abord à la sécurité : la personne qui l’a installé peut remarquer qu’il est retiré ou que le téléphone change. Ne supprimez et ne réinitialisez rien pour l’instant ; gardez cette acquisition. Préparez la suite depuis un autre appareil, sûr. Cherchez des conseils et un soutien près de chez vous{ $survivors }. En cas de danger immédiat, appelez le numéro d’urgence local.

hit-stalkerware-visited = Une page associée à l’outil {$malware} a été ouverte : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Le navigateur a noté cette page. Une visite peut être le début d’une attaque. Elle ne dit pas qu’une attaque a réussi.
    .innocent = Un lien dans un article de presse, la curiosité, une recherche ou une publicité. Le site a pu changer de mains depuis.
    .next = Pensez d’abord à la sécurité : un proche peut voir ce qui est fait sur ce téléphone. Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-stalkerware-delivered = Quelqu’un a envoyé à ce téléphone un élément associé à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Un message contenant ce lien, ce fichier ou cet expéditeur connu est arrivé sur le téléphone. Quelqu’un a peut-être tenté quelque chose. Cela ne montre pas que le lien a été ouvert ni qu’un programme a tourné.
    .innocent = Les messages indésirables et les envois en masse touchent beaucoup de monde. Un ami a pu transmettre un lien en guise d’avertissement. Le site a pu changer de mains depuis.
    .next = Pensez d’abord à la sécurité : un proche peut voir ce qui est fait sur ce téléphone. Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-stalkerware-configured = Un réglage associé à l’outil {$malware} a été observé : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Un réglage ou un profil porte une valeur connue de cet outil. Un programme, une personne ou un employeur peut modifier des réglages.
    .innocent = Un profil de travail ou d’école, une sauvegarde restaurée ou un essai peuvent laisser le même réglage.
    .next = Pensez d’abord à la sécurité : la personne qui l’a installé peut remarquer qu’il est retiré ou que le téléphone change. Ne supprimez et ne réinitialisez rien pour l’instant ; gardez cette acquisition. Préparez la suite depuis un autre appareil, sûr. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-stalkerware-sent = Un élément associé à l’outil {$malware} a été envoyé depuis ce téléphone : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. L’envoi est parti de ce téléphone. On transmet souvent un lien suspect pour prévenir quelqu’un ou demander de l’aide. Cela ne montre pas qu’un programme a tourné.
    .innocent = Le plus souvent, la personne a transmis un lien pour prévenir quelqu’un ou demander conseil.
    .next = Pensez d’abord à la sécurité : un proche peut voir ce qui est fait sur ce téléphone. Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-stalkerware-mentioned = Un élément associé à l’outil {$malware} est mentionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est vendu à des particuliers pour surveiller quelqu’un en secret. Il est le plus souvent installé par un proche qui a eu le téléphone en main. Le nom ou l’adresse figure dans un texte, une liste ou un cache. À lui seul, cela ne montre pas que quelque chose a été ouvert ni qu’un programme a tourné.
    .innocent = Un article de presse, un conseil de sécurité, une liste de sites bloqués ou une conversation sur les logiciels espions. C’est courant.
    .next = Pensez d’abord à la sécurité : un proche peut voir ce qui est fait sur ce téléphone. Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

## Surveillance visible

hit-watchware-executed = Des signes laissent penser que l’outil {$malware} a fonctionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Le téléphone a noté que cette application était active.
    .innocent = Très courant : un contrôle parental ou une application familiale que la personne connaît.
    .next = Demandez à la personne, seule et calmement, si elle connaît cette application et l’accepte. Sinon, pensez d’abord à la sécurité : la personne qui l’a installée peut remarquer qu’elle est retirée. Gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-installed = Des signes laissent penser que l’outil {$malware} est ou a été installé : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Les registres du téléphone nomment cette application.
    .innocent = Très courant : un contrôle parental ou une application familiale que la personne connaît.
    .next = Demandez à la personne, seule et calmement, si elle connaît cette application et l’accepte. Sinon, pensez d’abord à la sécurité : la personne qui l’a installée peut remarquer qu’elle est retirée. Gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-persisted = Une trace de l’outil {$malware} est enregistrée sur ce téléphone : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Un fichier, un profil ou une entrée de ce nom connu se trouve dans la mémoire du téléphone. Un programme ou une personne l’y a mis.
    .innocent = Très courant : un contrôle parental ou une application familiale que la personne connaît, aujourd’hui ou par le passé.
    .next = Demandez à la personne, seule et calmement, si elle connaît cette application et l’accepte. Sinon, pensez d’abord à la sécurité : la personne qui l’a installée peut remarquer qu’elle est retirée. Gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-contacted = Ce téléphone a contacté une adresse associée à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Le téléphone a échangé des données, ou essayé, avec une adresse connue comme étant utilisée par cet outil. Un programme du téléphone a pu le faire à l’insu de son propriétaire.
    .innocent = Très courant : un contrôle parental ou une application familiale que la personne connaît.
    .next = Demandez à la personne, seule et calmement, si elle connaît cette application et l’accepte. Sinon, pensez d’abord à la sécurité : la personne qui l’a installée peut remarquer qu’elle est retirée. Gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-visited = Une page associée à l’outil {$malware} a été ouverte : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Le navigateur a noté cette page. Cela ne montre pas que l’application a été installée.
    .innocent = Un lien dans un article de presse, la curiosité, une recherche ou une publicité. Le site a pu changer de mains depuis.
    .next = Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-delivered = Quelqu’un a envoyé à ce téléphone un élément associé à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Un message contenant ce lien, ce fichier ou cet expéditeur connu est arrivé sur le téléphone. Quelqu’un a peut-être tenté quelque chose. Cela ne montre pas que le lien a été ouvert ni qu’un programme a tourné.
    .innocent = Les messages indésirables et les envois en masse touchent beaucoup de monde. Un ami a pu transmettre un lien en guise d’avertissement. Le site a pu changer de mains depuis.
    .next = Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-configured = Un réglage associé à l’outil {$malware} a été observé : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Un réglage ou un profil porte une valeur connue de cet outil. Un programme, une personne ou un employeur peut modifier des réglages.
    .innocent = Très courant : un contrôle parental ou une application familiale que la personne connaît.
    .next = Demandez à la personne, seule et calmement, si elle connaît cette application et l’accepte. Sinon, pensez d’abord à la sécurité : la personne qui l’a installée peut remarquer qu’elle est retirée. Gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-sent = Un élément associé à l’outil {$malware} a été envoyé depuis ce téléphone : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. L’envoi est parti de ce téléphone. On transmet souvent un lien suspect pour prévenir quelqu’un ou demander de l’aide. Cela ne montre pas qu’un programme a tourné.
    .innocent = Le plus souvent, la personne a transmis un lien pour prévenir quelqu’un ou demander conseil.
    .next = Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

hit-watchware-mentioned = Un élément associé à l’outil {$malware} est mentionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est une application de surveillance qui ne se cache pas, comme un contrôle parental. Elle peut aussi servir à surveiller un adulte. Le nom ou l’adresse figure dans un texte, une liste ou un cache. À lui seul, cela ne montre pas que quelque chose a été ouvert ni qu’un programme a tourné.
    .innocent = Un article de presse, un conseil de sécurité, une liste de sites bloqués ou une conversation sur les logiciels espions. C’est courant.
    .next = Demandez à la personne, seule et calmement, ce qu’elle en sait. Ne changez rien pour l’instant et gardez cette acquisition. Cherchez des conseils et un soutien près de chez vous{ $survivors }.

## Tout autre outil nommé par une liste

hit-other-executed = Des signes laissent penser que l’outil {$malware} a fonctionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Le téléphone a lui-même noté qu’un programme portant ce nom connu était actif. C’est l’une des traces les plus fortes qui soient.
    .innocent = Rare. Un programme ordinaire peut avoir le même nom ou un nom très proche. Une personne experte doit regarder la date, le chemin et ce qui l’entoure.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne réinitialisez pas le téléphone, ne le mettez pas à jour, ne le redémarrez pas ; gardez cette acquisition. N’en parlez ni sur ce téléphone ni près de lui. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-installed = Des signes laissent penser que l’outil {$malware} est ou a été installé : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Les registres du téléphone nomment cette application. Une application qui est ou a été sur le téléphone pèse bien plus qu’un lien dans un message.
    .innocent = Rare. Une autre application peut avoir le même nom. Sur un téléphone de recherche ou d’essai, elle peut être là exprès.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne supprimez pas l’application. Ne réinitialisez pas le téléphone et ne le mettez pas à jour ; gardez cette acquisition. N’en parlez ni sur ce téléphone ni près de lui. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-persisted = Une trace de l’outil {$malware} est enregistrée sur ce téléphone : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Un fichier, un profil ou une entrée de ce nom connu se trouve dans la mémoire du téléphone. Un programme ou une personne l’y a mis.
    .innocent = Un autre programme peut laisser un fichier du même nom. Une sauvegarde restaurée peut apporter d’anciens fichiers d’un téléphone précédent.
    .next = Prenez cela comme un signe sérieux, pas comme une preuve définitive. Ne supprimez rien. Ne réinitialisez pas le téléphone et ne le mettez pas à jour ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-contacted = Ce téléphone a contacté une adresse associée à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Le téléphone a échangé des données, ou essayé, avec une adresse connue comme étant utilisée par cet outil. Un programme du téléphone a pu le faire à l’insu de son propriétaire.
    .innocent = L’adresse appartient peut-être à quelqu’un d’autre aujourd’hui, ou plusieurs sites la partagent. Des applications de sécurité et des chercheurs contactent aussi de telles adresses.
    .next = Cherchez quelle application a établi le contact, et quand. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-visited = Une page associée à l’outil {$malware} a été ouverte : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Le navigateur a noté cette page. Une visite peut être le début d’une attaque. Elle ne dit pas qu’une attaque a réussi.
    .innocent = Un lien dans un article de presse, la curiosité, une recherche ou une publicité. Le site a pu changer de mains depuis.
    .next = N’ouvrez pas la page à nouveau. Demandez à la personne ce dont elle se souvient de ce moment et cherchez d’autres traces de la même période. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-delivered = Quelqu’un a envoyé à ce téléphone un élément associé à l’outil {$malware} : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Un message contenant ce lien, ce fichier ou cet expéditeur connu est arrivé sur le téléphone. Quelqu’un a peut-être tenté quelque chose. Cela ne montre pas que le lien a été ouvert ni qu’un programme a tourné.
    .innocent = Les messages indésirables et les envois en masse touchent beaucoup de monde. Un ami a pu transmettre un lien en guise d’avertissement. Le site a pu changer de mains depuis.
    .next = N’ouvrez ni le lien ni le fichier. Gardez le message et photographiez-le. Cherchez d’autres traces de la même période. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-configured = Un réglage associé à l’outil {$malware} a été observé : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Un réglage ou un profil porte une valeur connue de cet outil. Un programme, une personne ou un employeur peut modifier des réglages.
    .innocent = Un profil de travail ou d’école, une sauvegarde restaurée ou un essai peuvent laisser le même réglage.
    .next = Photographiez le réglage et demandez qui l’a fait, avant de changer quoi que ce soit. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-sent = Un élément associé à l’outil {$malware} a été envoyé depuis ce téléphone : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. L’envoi est parti de ce téléphone. On transmet souvent un lien suspect pour prévenir quelqu’un ou demander de l’aide. Cela ne montre pas qu’un programme a tourné.
    .innocent = Le plus souvent, la personne a transmis un lien pour prévenir quelqu’un ou demander conseil.
    .next = Demandez pourquoi cela a été envoyé et d’où cela venait, puis cherchez le message d’origine. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.

hit-other-mentioned = Un élément associé à l’outil {$malware} est mentionné sur ce téléphone : {$value}
    .why = L’outil {$malware} est signalé comme nuisible dans une liste publique d’indicateurs. Le nom ou l’adresse figure dans un texte, une liste ou un cache. À lui seul, cela ne montre pas que quelque chose a été ouvert ni qu’un programme a tourné.
    .innocent = Un article de presse, un conseil de sécurité, une liste de sites bloqués ou une conversation sur les logiciels espions. C’est courant.
    .next = Lisez l’enregistrement et ce qui l’entoure. Demandez à la personne si elle le connaît. Ne réinitialisez pas le téléphone et ne le mettez pas à jour pour l’instant ; gardez cette acquisition. Si la personne peut être une cible, demandez l’aide d’experts{ $help }.
