"""Lists the words that servers use in their prompts, by meaning and by language.

Words are written as :func:`folded` makes them: in lower case and without
accents. A space may be missing or be a hyphen in a prompt ("one-time", "onetime"); a star stands
for any ending. Sources: the prompts of OpenSSH, Linux-PAM, google-authenticator, pam_radius,
pam_duo, Cisco, RSA SecurID, privacyIDEA and their translations.
"""

from __future__ import annotations

import unicodedata
from enum import Enum


class Sign(Enum):
    """Names the meaning of a word in a prompt."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    CODE = "code"  # a code of some sort; which one, the words beside it tell
    ONE_TIME_CODE = "one-time-code"  # all by itself, such as "passcode"
    OTP = "otp"  # a code by itself; beside "password" it makes that one
    TOKEN = "token"  # noqa: S105  likewise, unless it is a token of some other sort
    ONE_TIME = "one-time"  # makes a password or a code good once
    FACTOR = "factor"  # says that a second factor is used
    ACCOUNT = "account"  # whose password it is; a code of an account is none of ours
    ACCESS = "access"  # "login", "security": a code beside it is ours, a password the usual one
    CONFIRM = "confirm"  # a code to confirm with, but a password to be confirmed
    NEW = "new"
    AGAIN = "again"  # a password that is typed twice: a new one, or one that was refused
    CHANGE = "change"
    OLD = "old"
    EXPIRED = "expired"
    SECOND = "second"  # another one than the usual
    PIN = "pin"
    SENT = "sent"  # to the person: not a code that is made here
    CARRIER = "carrier"  # text message, mail, call: likewise
    OTHER = "other"  # something that is neither the password nor a code that is made here
    ANSWER = "answer"  # an answer to what the instruction asks
    WRONG = "wrong"  # what was given before was refused
    NEVER = "never"  # what follows is not asked for
    AND = "and"
    OR = "or"
    FOR = "for"  # whose or what for: what stands behind does not describe what stands before
    ENTER = "enter"  # asks for something to be typed
    EITHER = "either"  # means a code and, said alone, as often the password
    SHOWN = "shown"  # where it is read: no password of an account is shown or printed
    FILLER = "filler"  # words without a meaning of their own


WORDS: dict[Sign, tuple[str, ...]] = {
    Sign.PASSWORD: (
        "password|passwords|passwd|pass word|passwort*|pwd|pswd|kennwort*|mot de passe",
        "mots de passe|contrasena*|clave|palabra de paso|palavra passe|senha*|parola",
        "parola d ordine|parolei|wachtwoord*|haslo|hasla|haslem|lozinka|lozinku|geslo|heslo",
        "hesla|heslem|losenord*|adgangskode*|kodeord*|passord*|salasana*|jelszo*|jelszava",
        "parool*|slaptazod*|parole|sifre|sifreniz*|sifrenizi|parolaniz*|parolas*|sifresi",
        "пароль|пароля|паролем|парола|κωδικος προσβασης|συνθηματικο|mat khau|kata sandi",
        "katasandi|sandi|kata laluan|סיסמה|סיסמא|כתובת סיסמה|كلمة المرور|كلمة السر|كلمة مرور",
        "رمز المرور|गुप्तशब्द|पासवर्ड|รหัสผ่าน|パスワード|密码|密碼|口令|비밀번호|패스워드",
        "암호|jelszava*|הסיסמה|סיסמתך",
        "contrasenya*|first factor|erster faktor|premier facteur|primer factor|primo fattore",
    ),
    Sign.CODE: (
        "code|codes|codigo|codigos|codice|codici|kod|kodu|kodem|koodi*|kode|koden|kods|код",
        "кода|кодом|codul|cod|digits|digit code|digit number|קוד|コード|番号|代码",
        "代碼|码|碼|코드|번호",
    ),
    Sign.EITHER: ("κωδικος|رمز|الرمز",),
    Sign.ONE_TIME_CODE: (
        "passcode|passcodes|pass code|tokencode|token code|verification number|mfa|2fa|tfa",
        "code d acces unique|dynamisk kode|ma xac minh|ma xac thuc|ma xac nhan|ma otp|动态码",
        "動態碼|动态口令|動態口令|动态密码|動態密碼|验证码|驗證碼|校验码|校驗碼|认证码|認證碼",
        "인증번호|인증 번호|인증코드|인증 코드",
        "パスコード|通行码|通行碼",
    ),
    Sign.OTP: (
        "otp|otps|totp|hotp|otac|oath|google authenticator|microsoft authenticator",
        "authenticator|authenticator app|okta verify|securid|duo mobile",
        "authentifikator*|autenticador*|autenticatore|authentificateur*|uwierzytelniacz|身份验证器|身份驗證器",
        "验证器|驗證器|인증기|認証システム",
    ),
    Sign.TOKEN: (
        "token|tokens|jeton|rsa token|soft token|software token|mobile token|security token",
        "tokenu|tokena|tokenem|tokenkode|токен|токена|トークン|令牌|토큰",
    ),
    Sign.ONE_TIME: (
        "one time|onetime|1 time|single use|dynamic|time based|temporary one time|one off",
        "einmal|einmalig*|einmal gultig*|einweg|dynamisch*|a usage unique|usage unique|unique",
        "dynamique|jetable|de un solo uso|un solo uso|de uso unico|uso unico|unica|unico",
        "dinamic*|desechable|monouso|usa e getta|una tantum|descartavel|utilizacao unica",
        "de utilizacao unica|unica utilizacao|eenmalig*|jednorazow*|jednorazov*|engangs*",
        "kertakaytto*|egyszeri|egyszer hasznalatos|de unica folosinta|tek kullanimlik",
        "tek seferlik|dinamik|одноразов*|разов*|динамическ*|μιας χρησης|mot lan|dung mot lan",
        "sekali pakai|חד פעמי*|لمرة واحدة|ワンタイム|使い捨て|使い切り|一回限り|一度限り",
        "回限り|一次性|一次|动态|動態|일회용|일회성|회용|원타임|enkratn*|jednokratn*",
        "vienreizej*|vienkartin*|uhekord*|un sol us|d un sol us|nomes un us|einnota*",
    ),
    Sign.FACTOR: (
        "two factor|2nd factor|multi factor|multifactor|second factor|2 factor|two step",
        "2 step|2sv|duo|zwei faktor*|zweiter faktor|zweiten faktor|zweitfaktor|mehrfaktor*",
        "double facteur|deux facteurs|second facteur|multifacteur*|a deux facteurs",
        "dos factores|doble factor|segundo factor|due fattori|secondo fattore|dois fatores",
        "segundo fator|twee factor*|tweestaps*|tweede factor|dwuskladnikow*|drugi skladnik",
        "dwuetapow*|iki faktorlu|iki adimli|двухфакторн*|второй фактор|tvafaktor*|dvoufaktor*",
        "要素|多要素|二要素|段階|二段階|双因素|雙因素|双重|雙重|两步|兩步|多因素|多重|이중",
        "단계|two factor authentication|deuxieme facteur|segon factor|anden faktor|andra faktorn",
        "druhy faktor|masodik faktor|ikinci faktor|другий фактор|第二因素|第二要素",
    ),
    Sign.ACCESS: (
        "authentication|authenticate|authenticating|authenticator|authorization|authorisation",
        "auth|security|secure|access|login|log in|logon|sign in|signin|sign on|unix|ldap|ssh",
        "sftp|server|system|sicherheits|zugangs|zugriffs|anmelde|anmeldung|authentifizierungs",
        "authentifikations|authentisierungs|autorisierungs|windows|domain|domanen|network",
        "netzwerk|kerberos|ad|active directory|radius|tacacs|authentification|authentifier",
        "securite|acces|connexion|session|autenticacion|seguridad|acceso|inicio de sesion",
        "sesion|autenticazione|sicurezza|accesso|autenticacao|seguranca|acesso|sessao",
        "authenticatie|beveiligings|toegangs|inlog|aanmeld|uwierzytelniania|uwierzytelniajac*",
        "bezpieczenstwa|dostepu|logowania|guvenlik|giris|erisim|kimlik dogrulama|безопасности",
        "безпеки|доступу|входу|доступа|входа|аутентификации|авторизации|autentiserings",
        "sakerhets|atkomst|inloggnings|bezpecnostni|prihlasovaci|pristupovy|overovaci",
        "sikkerheds|sikkerhets|godkendelses|paloggings|todennus|turva|kirjautumis|biztonsagi",
        "hitelesito|belepesi|認証|セキュリティ|ログイン|アクセス|サインイン|安全|登录|登入",
        "登錄|身份|로그인|보안|인증|액세스|접속",
        "authentifizierung|authentisierung|authentifizieren|autoryzacyjn*|uwierzytelniaj*|autorizacion",
    ),
    Sign.ACCOUNT: (
        "account|user|benutzer|nutzer|kunden|konto|compte|utilisateur|cuenta|usuario|conto",
        "utente|conta|utilizador|gebruiker|gebruikers|uzytkownika|konta|hesap|kullanici",
        "пользователя|учетной записи|користувача|anvandar|anvandare|bruger|bruker|uzivatele",
        "uzivatelske|felhasznaloi|kayttaja|アカウント|ユーザー|用户|用戶|账户|账号|帐户|帐号",
        "帳戶|帳號|계정|사용자",
    ),
    Sign.CONFIRM: (
        "verify|verifying|verification|validation|confirm*|bestatig*|bestaetig*|verifizier*",
        "verifikations|pruf|kontroll|verifica*|verificat*|valida*|conferma*|confirmez",
        "controle|bevestig*|verifieer*|verificatie|verifierings|potwierd*|weryfikac*|sprawdz*",
        "dogrula*|onay*|подтвержд*|подтверд*|підтвердж*|перевірк*|проверк*|проверочн*",
        "bekrafta*|bekraftelse*|potvrd*|potvrzov*|overte|overeni|bekraeft*|bekreft*",
        "bekraftelses|vahvist*|varmist*|ellenorzo|megerosit*|確認用|確認|検証|认证|确认|验证",
        "驗證|校验|확인|검증|επαληθευσης|xac minh|xac thuc|xac nhan|verifikasi|konfirmasi",
        "אימות|التحقق|التاكيد|weryfikacyjn*|potwierdzenia|patvirtin*",
    ),
    Sign.NEW: (
        "new|choose|neu|neue|neues|neuen|neuer|nouveau|nouvelle|nouvel|renouvel*|choisi*|nuevo",
        "nueva|elija|nuovo|nuova|scegl*|novo|nova|escolh*|nieuw*|nowe|nowego|nowy|nowym|yeni",
        "новый|новое|нового|новий|нове|ny|nytt|nya|nye|nove|noveho|novy|uusi|uuden|uj|noua|nou",
        "νεο*|moi|baru|חדש*|جديد*|新しい|新規|新|新的|새|새로운|새로",
    ),
    Sign.AGAIN: (
        "retype|re type|reenter|re enter|repeat|again|erneut|wiederhol*|nochmal*|noch einmal",
        "repet*|ressaisi*|a nouveau|repita|repetir|repit*|otra vez|nuevamente|vuelva|ripet*",
        "di nuovo|reinserir*|reinserisci|novamente|herhaal|herhalen|opnieuw|nogmaals|powtorz",
        "ponownie|ponow*|tekrar*|повтор*|еще раз|upprepa|igen|gjenta|gentag|znovu|zopakuj*",
        "uudelleen|ismet|megismet*|repetati|nhap lai|ulangi|اعادة|もう一度|再入力|再度|再次|重新",
        "重复|重複|다시|재입력|ripetere|repeti|ripeti",
    ),
    Sign.CHANGE: (
        "change|changing|reset|set|ander*|festlegen|changer|changez|modifier|cambi*|altera*",
        "mude|muda*|wijzig*|zmien*|zmian*|degistir*|смен*|измен*|byt|skift|vaihda|zmente|変更",
        "修改|更改|变更|設定|设置|변경|create|creating|define|pick|erstell*|vergeben|wahle*|creez",
        "definissez|definir|cree|creare|kies|maak|crear|crea|criar|crie|imposta*|crei|utworz*|opret|skapa|vytvor*",
        "luo|olustur|создайте|придумайте|作成|创建|建立|만드세요|만들*",
    ),
    Sign.OLD: (
        "old|current|previous|existing|alte|altes|alten|aktuell*|bisherig*|derzeitig*|ancien",
        "actuel*|ancienne|antiguo|antigua|actual|vigente|vecchi*|attuale|corrente|antigo",
        "antiga|atual|oude|oud|huidig*|stare|starego|obecne|obecny|aktualn*|eski|mevcut",
        "gecerli|стар*|текущ*|gammalt|nuvarande|nuvaerende|gamle|soucasne|stavajici|vanha",
        "nykyinen|regi|jelenlegi|古い|現在の|以前の|旧|现在的|当前|目前|舊|現有|현재|기존",
        "이전",
        "anterior|precedent*|vorherig*|poprzedni*|predchoz*|forrige|предыдущ*|onceki|edellinen|elozo",
        "tidligere|foregaende|vorig|vorige|旧|以前",
    ),
    Sign.EXPIRED: (
        "expired|has expired|abgelaufen|expire|a expire|est expire|caducad*|ha caducado",
        "vencid*|ha vencido|expirad*|expirou|scadut*|verlopen|wygasl*|utracil* waznosc",
        "suresi doldu|suresi dolmus|истек|истекла|просрочен*|gatt ut|har gatt ut|utlopt",
        "udlobet|vyprse*|lejart|vanhentunut|期限切れ|期限が切れ*|有効期限が切れ*|过期|過期",
        "已过期|已過期|만료*|must be changed|must change|required to change|need to change",
        "has to be changed|expirat|caducat|закінчився|закінчилася|изтекла|istekla|poteklo",
        "εληξε|انتهت|منقضی|פג תוקף*|פג|het han|kedaluwarsa|kadaluarsa|หมดอายุ",
    ),
    Sign.SECOND: (
        "second|2nd|secondary|another|additional|further|alternate|other|zweit|zweite|zweites",
        "zweiten|zusatz|zusatzlich*|weiter*|deuxieme|second mot|secondaire|autre|segundo",
        "segunda|adicional|otro|otra|secondo|seconda|altro|altra|outra|outro|tweede|extra",
        "ander|drugie|drugi|dodatkowe|inne|ikinci|второй|второе|дополнительн*|andra|druhe",
        "druhy|toinen|masodik|第二|第2|2番目|二つ目|另一|其他|두 번째|두번째|다른|master",
        "admin|administrator|root|sudo|enable|database|archive|zip|wifi|wlan|wi fi|keystore",
        "vault|key|app password|application specific|administrator*|administrateur",
        "administrador|amministratore|beheerders|haupt|maitre|maestra|管理者|管理员|管理員",
        "支付|交易|初始|初期|仮|临时|臨時|임시|관리자|temporary|temporar*|provisoire",
        "temporaire|temporal|temporanea|temporaria|tijdelijk*|tymczasow*|gecici|временн*",
        "тимчасов*|tillfallig*|midlertidig*|docasn*|ideiglenes|valiaikai*|static|statisch*",
        "initial|default|guest|group|shared|backup|local|bios|proxy|vpn|jump host",
    ),
    Sign.PIN: (
        "pin|pins|pin code|pincode|pin number|pin codes|puk|code pin|codigo pin|codice pin",
        "kod pin|пин|пин код|pin kod|pin kodu|pinkod|暗証番号|暗証コード|핀|핀번호|pin码",
        "pin碼|geheimzahl|code secret|codigo secreto|codice segreto|pinkode",
    ),
    Sign.SENT: (
        "sent|texted|emailed|mailed|gesendet|geschickt|zugesandt|zugeschickt|versandt|envoye*",
        "recu|enviad*|enviamos|recibid*|inviat*|ricevut*|recebid*|verzonden|gestuurd",
        "ontvangen|wyslan*|wyslal*|otrzyman*|gonderil*|отправ*|выслан*|skickat*|skickades",
        "skickats|odeslan*|zaslan*|sendt|lahetet*|elkuldott|送信|送った|送り|届いた|发送|發送",
        "发至|发到|전송|발송|보낸|trimis|da gui|dikirim",
    ),
    Sign.CARRIER: (
        "sms|text message|e mail*|email*|mail|phone call|voice call|call|mtan|smstan|smscode",
        "correo|courriel|posta|poczta|whatsapp|telegram|смс|почт*|メール|ショートメッセージ",
        "短信|短訊|簡訊|邮件|郵件|邮箱|手机验证码|문자|이메일|e posta|messaggio|brief",
    ),
    Sign.OTHER: (
        "yubikey|yubi key|security key|fido|u2f|smart card|smartcard|fingerprint|touch|tap",
        "press|push|approve|recovery|backup code|scratch|emergency|challenge|captcha",
        "characters|skey|s key|otp md4|otp md5|otp sha1|opie|grid|question|answer to",
        "favourite|favorite|maiden|birth*|username|user name|user id|login name|passphrase*",
        "pass phrase|activation|serial|tan|itan|chiptan|phototan|next code|next tokencode",
        "next token code|below|above|postal|zip code|country|employee|customer|invitation",
        "voucher|promo*|sicherheitsfrage|benutzername|wiederherstellungs*|ersatz|notfall",
        "freigabe|aktivierungs|identifiant|secours|recuperation|question secrete",
        "phrase secrete|nombre de usuario|recuperacion|respaldo|pregunta|frase|recupero",
        "nome utente|domanda|frase segreta|nome de usuario|recuperacao|pergunta",
        "gebruikersnaam|herstel*|wachtzin|nazwa uzytkownika|odzyskiwania|zapasow*|awaryjn*",
        "pytanie|hasło frazowe|kullanici adi|kurtarma|yedek|имя пользователя|логин",
        "восстановления|резервн*|anvandarnamn|aterstallnings*|uzivatelske jmeno|zalozni",
        "obnovovaci|回復|リカバリ*|バックアップ|ユーザー名|パスフレーズ|合言葉|質問|恢复|恢復",
        "备用|備用|用户名|用戶名|问题|問題|图形|圖形|邀请|激活|복구|백업|사용자 이름|질문",
        "lastname|surname|colour|color|email address|employee id|kundennummer|nutzername",
        "コール|バーコード|郵便|编码|編碼|url|qr|card|karte|tarjeta|cartao|kaart|karty|карты|kortet",
        "カード|卡|카드",
        "ephemere*",
    ),
    Sign.ANSWER: (
        "response|answer|reply|input|value|antwort|eingabe|reponse|saisie|respuesta|entrada",
        "risposta|resposta|antwoord|invoer|odpowiedz|yanit|cevap|ответ|ввод|svar|odpoved",
        "vastaus|valasz|回答|応答|返答|回复|回覆|应答|응답|답변|prompt",
    ),
    Sign.WRONG: (
        "incorrect|wrong|denied|invalid|failed|failure|try again|bad|mismatch|not match",
        "did not match|sorry|falsch*|ungultig*|fehlgeschlagen|fehler|abgelehnt|incorrecte",
        "invalide|erreur|echec|refuse|incorrect*|invalid*|fallid*|rechazad*|errat*|sbagliat*",
        "non valid*|rifiutat*|falhou|errad*|onjuist*|ongeldig*|mislukt|nieprawidlow*|bledn*",
        "niepoprawn*|yanlis|gecersiz|hatali|неверн*|неправильн*|ошибк*|felaktig*|fel|spatn*",
        "neplatn*|nespravn*|virheelli*|hibas|正しくありません|間違|誤り|失敗|無効|错误|錯誤",
        "无效|無效|失败|不正确|不正確|잘못|틀|실패",
    ),
    Sign.NEVER: (
        "never|do not|don t|not|without|forgot|forgotten|lost|nie|niemals|nicht|kein*|ohne",
        "vergessen|jamais|ne|pas|oublie*|nunca|no|jamas|olvid*|mai|non|dimenticat*|nao",
        "esquece*|nooit|niet|geen|nigdy|zapomnial*|asla|unuttu*|никогда|не|забыл*|aldrig|inte",
        "nikdy|ikke|決して|しないで|忘れ|请勿|請勿|不要|切勿|忘记|忘記|절대|마세요|잊",
        "reminder|note|will expire|expires in|lauft in|endet in|expirera|expira en|expirara",
    ),
    Sign.AND: (
        "and|plus|then|followed by|und|sowie|gefolgt von|dann|et|suivi de|suivi du|puis|y|e",
        "seguido de|seguida de|seguido por|ed|seguito da|seguita da|mais|en|gevolgd door|oraz",
        "i|ve|ardindan|и|затем|och|foljt av|a|og|ja|es|va|dan|と|および|及び|そして|続けて|和",
        "与|與|及|加|와|과|및|그리고",
        "gefolgt vom|suivie de|suivi par|suivie du|seguido del|seguida del|seguita dal|seguito dal",
    ),
    Sign.OR: ("or|oder|ou|of|lub|albo|veya|или|eller|nebo|tai|vagy|または|もしくは|或|或者|또는",),
    Sign.FOR: (
        "for|to|on|at|fur|an|pour|sur|para|en el|per|voor|op|dla|do|na|icin|для|на|за|till",
        "pro|til",
    ),
    Sign.ENTER: (
        "enter|type|insert|provide|give|submit|use|eingeben|geben|gib|tippen|saisir|saisissez",
        "entrez|entrer|tapez|renseignez|introduzca|introduce|ingrese|ingresa|introducir",
        "escriba|escribe|inserisci|inserire|immetti|immettere|digita|digitare|insira",
        "introduza|digite|informe|geef|voer|vul|typ|invoeren|wpisz|podaj|wprowadz|girin",
        "giriniz|введите|ange|skriv|mata|zadejte|indtast|angi|oppgi|syota|anna|adja meg",
        "irja be|introduceti|nhap|masukkan|入力|输入|輸入|填写|입력",
        "skriv inn|введіть|вкажіть|εισαγετε|πληκτρολογηστε|ادخل|اكتب|הזן|הקלד|unesite|vnesite",
        "въведете|zadajte|introduiu",
    ),
    Sign.SHOWN: (
        "shown|displayed|generated|printed|produced|angezeigt*|erzeugt*|generiert*|gedruckt*",
        "affiche*|genere*|imprime*|generad*|mostrad*|impres*|generat*|mostrat*|visualizzat*",
        "stampat*|gerad*|exibid*|getoond*|weergegeven|gegenereerd*|afgedrukt*|wyswietl*",
        "wygenerowan*|goruntulenen|gosterilen|olusturulan|uretilen|отображ*|показан*",
        "сгенерирован*|visas|vises|genereras|genereres|zobrazen*|vygenerovan*|naytetty|naytettava",
        "luotu|megjelen*|generalt|表示された|表示されている|生成された|显示|顯示|生成|표시된|생성된",
    ),
    Sign.FILLER: (
        "enter|please|type|insert|provide|give|your|the|an|this|here|from|in|by|of|is|it|with",
        "using|device|phone|mobile|generator|valid|google|microsoft",
        "okta|authy|digit|six|eight|now|required|requires|requested|continue|complete|as|that",
        "you|see|open|use|must|have|has|been|be|will|was|accepted|correct|bitte|geben|gib|sie",
        "ihr|ihre|ihren|ihres|ihrem|dein|deinen|den|das|die|der|dem|des|ein|eine|einen|eines",
        "von|aus|mit|stellig*|ziffern|eingeben|wird|benotigt|lautet|aktueller|veuillez|saisir",
        "saisissez|entrez|entrer|votre|le|la|les|du|de|d|l|un|une|dans|sur|par",
        "chiffres|introduzca|introduce|ingrese|ingresa|escriba|por|favor|su|tu|el|los|del",
        "digitos|cifras|inserisci|inserire|immetti|immettere|digita|digitare|il|lo",
        "gli|tuo|tua|vostro|di|da|dall|dell|della|nell|cifre|insira|introduza|digite",
        "informe|seu|sua|os|do|dos|geef|voer|vul|typ|uw|je|jouw|het|een|van|uit|bij",
        "cijfers|wpisz|podaj|wprowadz|prosze|swoj|swoje|twoj|twoje|z|ze|w|aplikacji|cyfrow*",
        "lutfen|girin|giriniz|uygulama*|haneli|введите|пожалуйста|ваш|из|приложения|цифр*",
        "ange|skriv|din|ditt|dina|fran|appen|zadejte|prosim|vase|sve|aplikace|indtast|dit|fra",
        "angi|syota|anna|kerem|adja|meg|introduceti|va rugam|nhap|masukkan|anda|入力",
        "してください|ください|を|の|は|が|に|で|から|ご|お|アプリ|あなた|请|請",
        "输入|輸入|您|你|的|应用|中|上|手机|手機|입력|하세요|하십시오",
        "해주세요|을|를|의|은|는|님|앱|앱의|주세요|해|application|logiciel|applikation",
        "anwendung|aplicacion|applicazione|aplicativo|toepassing|app|apps|handy|smartphone",
        "telefono|telephone|telefon*|telefoon|movil|celular|cellulare|will not echo",
        "not be echoed|will not be displayed|will not be shown|wird nicht angezeigt|s",
        "or option|option|options|following|select|one|passer|remote",
        "not displayed|not shown|not echoed",
        "kayttajalle|τον|το|την|σας|الرجاء|נא|את|будь ласка|ваш|vasu",
        "optional|press enter|press return|hit enter|hit return|press the enter key",
        "o|cijferig*|利用|さん|様|자리|桁|桁の|して|されている|の上|chiffre|cifras|znakow*",
    ),
}


def folded(text: str) -> str:
    """Fold a text for comparing words: lower case, no accents, plain letters and quotes."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(
        character
        for character in unicodedata.normalize("NFD", text)
        if unicodedata.category(character) not in {"Mn", "Cf"}
    )
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


_PLAIN = str.maketrans(
    {
        "ı": "i",  # noqa: RUF001  Turkish
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "’": "'",  # noqa: RUF001  as typed
        "‐": "-",  # noqa: RUF001  as typed
        "–": "-",  # noqa: RUF001  as typed
        "—": "-",
        "_": " ",
        "・": " ",
    }
)
