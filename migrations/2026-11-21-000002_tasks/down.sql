DROP TABLE activity_counters;
DROP TABLE category_counters;
DROP TABLE tasks;
DROP TABLE user_counters;
