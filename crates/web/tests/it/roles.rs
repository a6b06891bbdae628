//! Roles and permissions.

use actix_web::test::TestRequest;
use hexado_domain::access::{MockRoleStore, Removed, Role, RoleCatalog, RoleChange};
use hexado_domain::audit::AuditEvent;
use hexado_domain::error::StoreError;
use hexado_domain::testing::fixtures::{role, user_id};
use hexado_domain::version::Version;
use serde_json::{Value, json as value};

use crate::support::{Answer, Api, json, request};

/// A store that has these roles.
fn having(roles: &[Role]) -> MockRoleStore {
    let (mut store, roles) = (MockRoleStore::new(), roles.to_vec());
    store.expect_all().returning(move || Ok(RoleCatalog { revision: 3, roles: roles.clone() }));
    store
}

fn support() -> Role {
    role("support", &["task:read-any", "session:*"], &["user"])
}

/// Of root's, who is an admin.
fn by_root(request: TestRequest) -> TestRequest {
    request.insert_header(("authorization", "Bearer root"))
}

async fn send(store: MockRoleStore, request: TestRequest) -> Answer {
    Api::with_roles(store).send(by_root(request)).await
}

async fn create(store: MockRoleStore, body: &str) -> Answer {
    send(store, json("POST", "/api/roles", body)).await
}

#[actix_web::test]
async fn without_the_permission_it_is_named_and_nothing_is_looked_up() {
    let body = r#"{"name": "support", "permissions": []}"#;
    for (request, permission) in [
        (request("GET", "/api/roles"), "role:list"),
        (request("GET", "/api/roles/support"), "role:list"),
        (request("GET", "/api/permissions"), "role:list"),
        (json("POST", "/api/roles", body), "role:write"),
        (json("PUT", "/api/roles/support", r#"{"permissions": []}"#), "role:write"),
        (request("DELETE", "/api/roles/support"), "role:write"),
    ] {
        let answer = Api::untouched().send(request).await;
        assert_eq!(answer.refusal(), (403, "permission_missing".into()), "{permission}");
        let detail = format!("the permission `{permission}` is not held");
        assert_eq!(answer.json()["detail"], detail);
    }
}

#[actix_web::test]
async fn roles_are_listed_with_those_that_are_built_in() {
    let answer = send(having(&[support()]), request("GET", "/api/v1/roles")).await;
    let roles = answer.json();
    let names: Vec<&Value> = roles.as_array().unwrap().iter().map(|role| &role["name"]).collect();
    assert_eq!(names, ["user", "admin", "support"]);
    let [user, admin, support] = [&roles[0], &roles[1], &roles[2]];
    assert_eq!((&user["effective_permissions"], &user["built_in"]), (&value!([]), &value!(true)));
    assert_eq!((&admin["version"], &admin["created_at"]), (&Value::Null, &Value::Null));
    let of_admin = admin["permissions"].as_array().unwrap();
    assert!(of_admin.contains(&"user:set-role".into()) && !of_admin.contains(&"user:impersonate-admins".into()));
    assert_eq!(
        support,
        &value!({
            "name": "support",
            "description": null,
            "permissions": ["task:read-any", "session:*"],
            "inherits": ["user"],
            "effective_permissions": ["session:list", "session:revoke", "session:delete", "task:read-any"],
            "built_in": false,
            "version": 1,
            "created_at": "2026-11-21T12:00:00Z",
            "updated_at": "2026-11-21T12:00:00Z",
        })
    );
}

#[actix_web::test]
async fn every_permission_is_listed_with_a_description() {
    let answer = send(MockRoleStore::new(), request("GET", "/api/permissions")).await;
    let permissions = answer.json();
    let read = value!({"name": "task:read-any", "description": "Read the tasks of any user"});
    assert!(permissions.as_array().unwrap().contains(&read));
    assert_eq!(permissions.as_array().unwrap().len(), 21);
}

#[actix_web::test]
async fn a_role_is_shown_with_its_version_and_not_again_to_who_has_it() {
    let show = async |path: &str| send(having(&[support()]), request("GET", path)).await;
    let answer = show("/api/roles/support").await;
    assert_eq!((answer.header("etag"), &answer.json()["name"]), (Some(r#""1""#), &"support".into()));
    let known = request("GET", "/api/roles/support").insert_header(("if-none-match", r#""1""#));
    assert_eq!(send(having(&[support()]), known).await.status.as_u16(), 304);
    assert_eq!(show("/api/roles/admin").await.header("etag"), None);
    for unknown in ["nobody", "Support", "a,b", "*", "%00", "a:b"] {
        assert_eq!(show(&format!("/api/roles/{unknown}")).await.refusal(), (404, "role_not_found".into()), "{unknown}");
    }
}

#[actix_web::test]
async fn a_new_role_is_answered_with_its_place_and_what_it_permits() {
    for base in ["/api", "/api/v1"] {
        let mut store = having(&[]);
        let expected = |change: &RoleChange, _: &AuditEvent| {
            let description = change.role.definition.description.as_ref().unwrap();
            (change.made_from, description.as_str()) == (3, "Helps users")
        };
        store.expect_put().withf(expected).once().returning(|_, _| Ok(()));
        let body =
            r#"{"name": "support", "description": " Helps users ", "permissions": ["task:*"], "inherits": ["user"]}"#;
        let answer = send(store, json("POST", &format!("{base}/roles"), body)).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (201, Some(r#""1""#)));
        assert_eq!(answer.header("location"), Some(&*format!("{base}/roles/support")));
        assert_eq!(answer.json()["effective_permissions"], value!(["task:read-any", "task:write-any"]));
    }
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_role_is_told_at_once() {
    let body = r#"{"name": "a,b", "description": "\u0000", "permissions": ["task:raed-any", "task:*", "task:*", "*:*"],
        "inherits": ["user", "x y", "user"]}"#;
    let answer = create(MockRoleStore::new(), body).await;
    let fault = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(
        answer.faults(),
        [
            fault("/name", "not_one_of"),
            fault("/description", "control_character"),
            fault("/permissions/0", "unknown_permission"),
            fault("/permissions/2", "duplicate_entry"),
            fault("/permissions/3", "unknown_permission"),
            fault("/inherits/1", "not_one_of"),
            fault("/inherits/2", "duplicate_entry"),
        ]
    );
    assert!(answer.text.contains("did you mean `task:read-any`?"), "{}", answer.text);
    for name in ["", "a b", "a,b", "a:b", "*", "a*", "Ab", "é", "%"] {
        let answer = create(MockRoleStore::new(), &value!({"name": name, "permissions": []}).to_string()).await;
        assert_eq!(answer.faults(), [fault("/name", "not_one_of")], "{name:?}");
    }
    let empty = create(MockRoleStore::new(), "{}").await;
    assert_eq!(empty.faults(), [fault("/name", "required"), fault("/permissions", "required")]);
}

#[actix_web::test]
async fn a_role_of_the_wrong_shape_is_told_alone() {
    for (body, pointer, code) in [
        (r#"{"name": "a", "permissions": "task:*"}"#, "/permissions", "wrong_type"),
        (r#"{"name": "a", "permissions": [1]}"#, "/permissions", "wrong_type"),
        (r#"{"name": "a", "permissions": [], "inherits": {}}"#, "/inherits", "wrong_type"),
        (r#"{"name": "a", "permissions": [], "version": 7}"#, "/version", "unknown_field"),
        (r#"{"name": "a", "permissions": [], "permissions": ["*"]}"#, "/permissions", "duplicate_field"),
        (r#"{"name": ["a"], "permissions": []}"#, "/name", "wrong_type"),
    ] {
        assert_eq!(create(MockRoleStore::new(), body).await.faults(), [(pointer.into(), code.into())], "{body}");
    }
    let names: Vec<String> = (0..10_000).map(|number| format!("r{number}")).collect();
    let body = value!({"name": "a", "permissions": [], "inherits": names}).to_string();
    assert_eq!(create(MockRoleStore::new(), &body).await.faults(), [("/inherits".into(), "too_many".into())]);
}

#[actix_web::test]
async fn what_does_not_fit_to_the_other_roles_is_a_conflict_that_waiting_does_not_mend() {
    let full: Vec<Role> = (0..100).map(|number| role(&format!("r{number}"), &[], &[])).collect();
    let new =
        |name: &str, inherits: &[&str]| value!({"name": name, "permissions": [], "inherits": inherits}).to_string();
    for (roles, body, code) in [
        (vec![support()], new("support", &[]), "role_exists"),
        (vec![], new("admin", &[]), "role_built_in"),
        (vec![], new("a", &["a"]), "role_cycle"),
        (full, new("one-more", &[]), "too_many_roles"),
    ] {
        let answer = create(having(&roles), &body).await;
        assert_eq!(answer.refusal(), (409, code.into()), "{}", answer.text);
        assert_eq!(answer.header("retry-after"), None);
    }
    let unknown = create(having(&[]), &new("a", &["nobody"])).await;
    assert_eq!(unknown.faults(), [("/inherits".into(), "unknown_role".into())]);
    assert!(unknown.text.contains("there is no role `nobody`"), "{}", unknown.text);
}

#[actix_web::test]
async fn nobody_gives_or_takes_what_they_do_not_hold() {
    let everything = role("everything", &["*"], &[]);
    let put = json("PUT", "/api/roles/everything", r#"{"permissions": []}"#);
    for request in [
        json("POST", "/api/roles", r#"{"name": "mine", "permissions": ["*"]}"#),
        json("POST", "/api/roles", r#"{"name": "mine", "permissions": [], "inherits": ["everything"]}"#),
        put,
        request("DELETE", "/api/roles/everything"),
    ] {
        let answer = send(having(std::slice::from_ref(&everything)), request).await;
        assert_eq!(answer.refusal(), (403, "permission_missing".into()));
        assert!(answer.text.contains("`user:impersonate-admins`"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn a_changed_role_has_a_new_version_and_keeps_what_is_left_out() {
    let mut store = having(&[support()]);
    store.expect_put().once().returning(|_, _| Ok(()));
    let put = json("PUT", "/api/roles/support", r#"{"permissions": ["audit:read"]}"#);
    let answer = send(store, put.insert_header(("if-match", r#""1""#))).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some(r#""2""#)));
    let role = answer.json();
    assert_eq!((&role["permissions"], &role["inherits"]), (&value!(["audit:read"]), &value!(["user"])));
}

#[actix_web::test]
async fn of_two_changes_at_once_one_is_412_and_names_the_present_version() {
    let mut store = MockRoleStore::new();
    store.expect_all().once().returning(|| Ok(RoleCatalog { revision: 3, roles: vec![support()] }));
    store.expect_all().once().returning(|| {
        let mut changed = support();
        changed.history.version = Version::new(2);
        Ok(RoleCatalog { revision: 4, roles: vec![changed] })
    });
    store.expect_put().once().returning(|_, _| Err(StoreError::Stale));
    let put = json("PUT", "/api/roles/support", r#"{"permissions": []}"#);
    let answer = send(store, put.insert_header(("if-match", r#""1""#))).await;
    assert_eq!(answer.refusal(), (412, "version_mismatch".into()));
    assert_eq!(answer.json()["current_version"], 2);
}

#[actix_web::test]
async fn a_role_is_deleted_unless_it_is_in_use() {
    let delete = |store| send(store, request("DELETE", "/api/roles/support"));
    let mut store = having(&[support()]);
    store.expect_remove().once().returning(|_, _| Ok(Removed::Done));
    let answer = delete(store).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, value!({"message": "Role deleted", "name": "support"})));

    let mut store = having(&[support()]);
    store.expect_remove().once().returning(|_, _| Ok(Removed::HeldBy(vec![user_id("ann")])));
    let held = delete(store).await;
    assert_eq!((held.refusal(), &held.json()["detail"]), ((409, "role_in_use".into()), &"users hold it: `ann`".into()));

    let inherited = delete(having(&[support(), role("lead", &[], &["support"])])).await;
    assert_eq!(inherited.json()["detail"], "other roles inherit from it: `lead`");
    assert_eq!(delete(having(&[])).await.refusal(), (404, "role_not_found".into()));
    let built_in = send(having(&[]), request("DELETE", "/api/roles/admin")).await;
    assert_eq!(built_in.refusal(), (409, "role_built_in".into()));
}

#[actix_web::test]
async fn without_the_store_roles_are_503() {
    let mut store = MockRoleStore::new();
    store.expect_all().returning(|| Err(crate::support::unavailable()));
    let answer = send(store, request("GET", "/api/roles")).await;
    assert_eq!(answer.refusal(), (503, "unavailable".into()));
    assert!(!answer.text.contains("10.0.0.7"), "{}", answer.text);
}
