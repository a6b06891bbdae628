// The script, in groups that do not depend on each other.
import { requests } from "./requests.mjs";
import { signUp } from "./sign-up.mjs";
import { signIn } from "./sign-in.mjs";
import { cookies } from "./cookies.mjs";
import { ageing } from "./ageing.mjs";
import { sessions } from "./sessions.mjs";
import { user } from "./user.mjs";
import { password } from "./password.mjs";
import { reset } from "./reset.mjs";
import { verification } from "./verification.mjs";
import { changeEmail } from "./change-email.mjs";
import { deletion } from "./deletion.mjs";
import { accounts } from "./accounts.mjs";
import { twoFactor } from "./two-factor.mjs";
import { admin } from "./admin.mjs";
import { origins } from "./origins.mjs";
import { bearer } from "./bearer.mjs";
import { jwt } from "./jwt.mjs";

export const groups = {
  requests, "sign-up": signUp, "sign-in": signIn, cookies, ageing, sessions, user, password, reset, verification,
  "change-email": changeEmail, deletion, accounts, "two-factor": twoFactor, admin, origins, bearer, jwt,
};
