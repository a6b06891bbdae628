use serde_json::{Value, json};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What belongs to Ann, whom the stranger tries to reach.
pub(super) struct Booty {
    pub(super) user: &'static str,
    pub(super) sharee: &'static str,
    pub(super) email: String,
    pub(super) session_id: &'static str,
    pub(super) session_token: &'static str,
    pub(super) account_id: String,
    pub(super) task: String,
    pub(super) role: &'static str,
    pub(super) block: String,
}

/// One operation of the document.
pub(super) struct Operation {
    pub(super) method: String,
    path: String,
    base: String,
    tag: String,
    queries: Vec<String>,
    body: Option<Value>,
}

impl Operation {
    pub(super) fn all(document: &Value) -> Vec<Self> {
        let of_path = |(path, item): (&String, &Value)| -> Vec<Self> {
            let found = METHODS.iter().filter(|method| item[**method].is_object());
            found.map(|method| Self::of(document, path, item, method)).collect()
        };
        document["paths"].as_object().unwrap().iter().flat_map(of_path).collect()
    }

    fn of(document: &Value, path: &str, item: &Value, method: &str) -> Self {
        let operation = &item[method];
        let bases = [operation, item, document].map(|level| level["servers"][0]["url"].as_str());
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let needed = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            base: bases.into_iter().flatten().next().unwrap_or_default().trim_end_matches('/').to_owned(),
            tag: operation["tags"][0].as_str().unwrap().to_owned(),
            queries: needed.map(|one| one["name"].as_str().unwrap().to_owned()).collect(),
            body: body(document, operation),
        }
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(super) fn is_of_wire(&self) -> bool {
        self.tag == "better-auth"
    }

    /// Whether 401 there means that a password was wrong.
    pub(super) fn is_way_in(&self) -> bool {
        ["login", "sign-in", "verify-", "reset-password", "send-otp"].iter().any(|part| self.path.contains(part))
    }

    /// Its path with what belongs to Ann in the place of parameters.
    pub(super) fn url(&self, booty: &Booty) -> String {
        let path = [
            ("{id}", booty.task.clone()),
            ("{user_id}", booty.user.to_owned()),
            ("{sharee_id}", booty.sharee.to_owned()),
            ("{session_id}", booty.session_id.to_owned()),
            ("{name}", booty.role.to_owned()),
            ("{block_id}", booty.block.clone()),
            ("{token}", booty.session_token.to_owned()),
            ("{provider}", "github".to_owned()),
        ]
        .iter()
        .fold(self.path.clone(), |path, (parameter, value)| path.replace(parameter, value));
        assert!(!path.contains('{'), "{path}: what is this parameter?");
        let query: Vec<_> = self
            .queries
            .iter()
            .map(|name| format!("{name}={}", text(&value_of(name, booty).unwrap_or_default())))
            .collect();
        format!("{}{path}?{}", self.base, query.join("&"))
    }

    /// The body, with what belongs to Ann where something is named.
    pub(super) fn body(&self, booty: &Booty) -> Option<Value> {
        let named =
            |(name, value): (&String, &Value)| (name.clone(), value_of(name, booty).unwrap_or_else(|| value.clone()));
        Some(self.body.as_ref()?.as_object()?.iter().map(named).collect())
    }
}

/// The body's example, or else everything that it may have.
fn body(document: &Value, operation: &Value) -> Option<Value> {
    let content = &operation["requestBody"]["content"].as_object()?["application/json"];
    let several = content["examples"].as_object().and_then(|examples| examples.values().next());
    let example = content.get("example").or_else(|| several.map(|example| &example["value"]));
    if let Some(example) = example {
        return Some(example.clone());
    }
    let mut schema = &content["schema"];
    if let Some(reference) = schema["$ref"].as_str() {
        schema = document.pointer(&reference[1..]).unwrap();
    }
    let members = schema["properties"].as_object().cloned().unwrap_or_default();
    let value = |(name, member): (String, Value)| {
        let value = member.get("example").cloned().unwrap_or_else(|| anything(&name));
        (name, value)
    };
    Some(members.into_iter().map(value).collect())
}

/// What the stranger says in a field or parameter of this name, if it can name something of Ann's or gain them something.
fn value_of(name: &str, booty: &Booty) -> Option<Value> {
    let value = match name {
        "userId" | "user_id" | "id" => json!(booty.user),
        "sessionToken" | "token" => json!(booty.session_token),
        "accountId" => json!(booty.account_id),
        "role" => json!("admin"),
        "data" => json!({"name": "Mallory", "role": "admin"}),
        "provider" | "providerId" => json!("github"),
        name if name.contains("URL") || name == "redirectTo" => json!("/"),
        name if name.to_lowercase().contains("email") => json!(booty.email),
        _ => return None,
    };
    Some(value)
}

/// What a field of this name can hold.
fn anything(name: &str) -> Value {
    match name {
        "permissions" => json!({"user": ["list"]}),
        "banExpiresIn" => json!(3600),
        "method" => json!("totp"),
        name if name.starts_with("revoke") || name.starts_with("trust") || name == "rememberMe" => json!(true),
        _ => json!("correct horse battery"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
