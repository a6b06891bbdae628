//! Blocked addresses.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::test::TestRequest;
use hexado_domain::block::{Block, BlockId, BlockService, Blocking, Cidr, MockBlockStore, NewBlock};
use hexado_domain::limit::MockRateLimiter;
use hexado_domain::page::Page;
use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::noon;
use serde_json::json as value;

use crate::support::{Answer, Api, json, request};

const PEER: &str = "192.0.2.7:1234";

fn blocks(store: MockBlockStore) -> Arc<BlockService> {
    let (limiter, clock) = (Arc::new(MockRateLimiter::new()), Arc::new(FixedClock::at(noon())));
    Arc::new(BlockService::new(Arc::new(store), limiter, clock, true))
}

async fn send(store: MockBlockStore, request: TestRequest) -> Answer {
    let mut api = Api::untouched();
    api.deps.blocks = blocks(store);
    api.send(request.peer_addr(PEER.parse().unwrap())).await
}

fn by_root(request: TestRequest) -> TestRequest {
    request.insert_header(("authorization", "Bearer root"))
}

fn block(id: i64, network: &str) -> Block {
    let network = Cidr::parse(network).unwrap();
    Block { id: BlockId::new(id), network, reason: None, created_by: None, created_at: noon(), expires_at: None }
}

/// An application that nobody of this network may call.
async fn closed_to(network: &str) -> Api {
    let (mut store, network) = (MockBlockStore::new(), Cidr::parse(network).unwrap());
    store.expect_networks().returning(move |_| Ok(vec![(network, None)]));
    let mut api = Api::untouched();
    api.deps.blocks = blocks(store);
    api.deps.blocks.follow().await.unwrap();
    api
}

#[actix_web::test]
async fn who_comes_from_a_blocked_address_is_told_nothing_but_health() {
    let api = closed_to("192.0.2.0/24").await;
    let peer: SocketAddr = PEER.parse().unwrap();
    for path in ["/api/tasks", "/api/v1/tasks", "/docs", "/openapi.json", "/nope", "/api/auth/me"] {
        let answer = api.send(request("GET", path).peer_addr(peer)).await;
        assert_eq!(answer.refusal(), (403, "address_blocked".into()), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
    let wire = api.send(request("GET", "/api/auth/get-session").peer_addr(peer)).await;
    assert_eq!((wire.status.as_u16(), wire.code()), (403, "ADDRESS_BLOCKED".into()));
    assert_eq!(api.send(request("GET", "/health/live").peer_addr(peer)).await.status.as_u16(), 200);
    let other = "192.0.3.7:1234".parse().unwrap();
    assert_eq!(api.send(request("GET", "/api/auth/me").peer_addr(other)).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn without_the_permission_it_is_named() {
    for (request, permission) in [
        (request("GET", "/api/security/blocks"), "block:list"),
        (json("POST", "/api/security/blocks", r#"{"network": "203.0.113.1"}"#), "block:write"),
        (request("DELETE", "/api/security/blocks/1"), "block:write"),
    ] {
        let answer = send(MockBlockStore::new(), request).await;
        assert_eq!(answer.refusal(), (403, "permission_missing".into()), "{permission}");
        assert!(answer.text.contains(permission), "{permission}");
    }
}

#[actix_web::test]
async fn a_network_is_blocked_with_a_reason_and_an_end() {
    let mut store = MockBlockStore::new();
    store.expect_networks().returning(|_| Ok(vec![]));
    store.expect_add().once().returning(
        |Blocking { block: NewBlock { network, reason, expires_at }, created_by, at, .. }| {
            let (network, reason, expires_at) = (*network, reason.clone(), *expires_at);
            Ok(Block {
                id: BlockId::new(7),
                network,
                reason,
                created_by: created_by.clone(),
                created_at: *at,
                expires_at,
            })
        },
    );
    let body = r#"{"network": " 203.0.113.0/24 ", "reason": "Scrapes", "expires_at": "2026-11-22T12:00:00Z"}"#;
    let answer = send(store, by_root(json("POST", "/api/security/blocks", body))).await;
    assert_eq!(answer.status.as_u16(), 201);
    assert_eq!(
        answer.json(),
        value!({
            "id": 7,
            "network": "203.0.113.0/24",
            "reason": "Scrapes",
            "created_by": "root",
            "created_at": "2026-11-21T12:00:00Z",
            "expires_at": "2026-11-22T12:00:00Z",
        })
    );
}

#[actix_web::test]
async fn what_makes_no_sense_is_refused() {
    for (body, refusal) in [
        (r#"{"network": "203.0.113.1/24"}"#, "validation_failed"),
        (r#"{"network": "localhost"}"#, "validation_failed"),
        (r#"{}"#, "validation_failed"),
        (r#"{"network": "203.0.113.1", "reason": " "}"#, "validation_failed"),
        (r#"{"network": "203.0.113.1", "expires_at": "2026-11-21T12:00:00Z"}"#, "expiry_past"),
        (r#"{"network": "192.0.2.0/24"}"#, "own_address"),
        (r#"{"network": "0.0.0.0/0"}"#, "own_address"),
    ] {
        let answer = send(MockBlockStore::new(), by_root(json("POST", "/api/security/blocks", body))).await;
        assert_eq!(answer.refusal(), (422, refusal.into()), "{body}");
    }
}

#[actix_web::test]
async fn blocks_are_listed_in_pages_and_lifted() {
    let mut store = MockBlockStore::new();
    store.expect_page().returning(|query, _| {
        let last = query.before.is_some();
        Ok(Page { items: vec![block(if last { 1 } else { 2 }, "203.0.113.1")], more: !last, total: None })
    });
    let answer = send(store, by_root(request("GET", "/api/security/blocks?limit=1"))).await;
    assert_eq!(answer.json()[0]["id"], 2);
    assert!(answer.header("link").unwrap().contains("cursor="));

    let mut store = MockBlockStore::new();
    store.expect_find().returning(|id| Ok((id.get() == 7).then(|| block(7, "203.0.113.1"))));
    store.expect_remove().withf(|unblocking| unblocking.id == BlockId::new(7)).once().returning(|_| Ok(true));
    store.expect_networks().returning(|_| Ok(vec![]));
    let answer = send(store, by_root(request("DELETE", "/api/security/blocks/7"))).await;
    assert_eq!((answer.status.as_u16(), answer.json()["id"].as_i64()), (200, Some(7)));
    for unknown in ["8", "x", "99999999999999999999"] {
        let mut store = MockBlockStore::new();
        store.expect_find().returning(|_| Ok(None));
        let answer = send(store, by_root(request("DELETE", &format!("/api/security/blocks/{unknown}")))).await;
        assert_eq!(answer.refusal(), (404, "block_not_found".into()), "{unknown}");
    }
}
